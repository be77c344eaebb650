/** Taking a run away: the trace as lines of JSON, as a Perfetto file, and the program itself. */
import { address, h, icon } from './dom.js';
import { menu } from './menu.js';

export function mount(root, app) {
  const button = h('button', { class: 'btn icon', type: 'button', 'aria-label': 'Download', title: 'Download' }, icon('download'));
  root.append(button);
  const stem = app.page.filename.replace(/\.py$/, '');
  const item = (href, download, picture, word, hint) => h('a', { role: 'menuitem', href, download }, icon(picture), h('span', {}, word), h('small', {}, hint));
  const items = () => {
    const { trace, source } = app.store.get();
    const program = URL.createObjectURL(new Blob([source], { type: 'text/x-python' }));
    setTimeout(() => URL.revokeObjectURL(program), 60_000);
    const all = [item(program, app.page.filename, 'code', 'The program', `${app.page.filename}, runs at home too`)];
    if (trace?.run) {
      all.push(
        item(address(`/runs/${trace.run}/trace.jsonl`), `${stem}.jsonl`, 'lanes', 'The trace', 'one record a line, JSON'),
        item(address(`/runs/${trace.run}/trace.perfetto.json`), `${stem}.perfetto.json`, 'fit', 'The trace for Perfetto', 'open it at ui.perfetto.dev with \u201cOpen trace file\u201d'),
      );
    }
    return all;
  };
  const close = menu(root, button, items, { label: 'Download' });
  return () => { close(); root.replaceChildren(); };
}
