/** Which CPython runs the program, of those found on the server. */
import { h, icon } from './dom.js';
import { menu } from './menu.js';

export function mount(root, app) {
  const runtimes = app.page.runtimes?.length ? app.page.runtimes : app.vocabulary.runtimes ?? [];
  const words = (runtime) => runtime.title ?? `CPython ${runtime.version ?? runtime.name} \u00b7 ${runtime.gil === false ? 'no GIL' : 'GIL'}`;
  const chosen = () => runtimes.find((runtime) => runtime.name === app.store.get().python) ?? runtimes.find((runtime) => runtime.default) ?? runtimes[0];
  if (!runtimes.length) return () => {};
  if (runtimes.length === 1) {
    root.append(h('span', { class: 'btn still' }, words(runtimes[0])));
    return () => root.replaceChildren();
  }
  const button = h('button', { class: 'btn', type: 'button' });
  const draw = () => { button.replaceChildren(words(chosen()), icon('down')); };
  root.append(button);
  const items = () => runtimes.map((runtime) => h('button', {
    type: 'button', role: 'menuitemradio', 'aria-checked': String(runtime === chosen()), onclick: () => app.store.set({ python: runtime.name }),
  }, runtime === chosen() ? icon('check') : h('span', {}), words(runtime)));
  const close = menu(root, button, items, { label: 'Python' });
  const off = app.store.on(['python'], draw);
  draw();
  return () => { off(); close(); root.replaceChildren(); };
}
