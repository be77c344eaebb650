/** Inside one line: its instructions, and how far each thread has come in them. */
import { insideLine } from '../core/inside_line.js';
import { h, say, tag } from './dom.js';
import { linesPrinted } from './output.js';

export function mount(root, app) {
  const { store } = app;
  const title = h('h2', { id: 'bytecode-title' }, 'Inside the line'), code = h('code', { class: 'mono faint' });
  const lines = h('span', { class: 'faint num' });
  const output = h('button', { class: 'btn s desk to-output', type: 'button', onclick: () => { store.set({ beneath: 'output' }); document.querySelector('[data-panel=output] .btn')?.focus(); } }, 'Output', lines);
  const columns = h('div', { class: 'bcs', tabindex: '0', role: 'group', 'aria-labelledby': 'bytecode-title' }), note = h('p', { class: 'bnote' });
  root.append(h('div', { class: 'head' }, title, code, h('span', { class: 'grow' }), output), columns, note);
  let frame = 0, key = '';

  function draw() {
    frame = 0;
    const { mode, step, ranSource, source, selection, steps: own, trace: ownTrace, preview } = store.get(), steps = own, trace = ownTrace;
    say(lines, linesPrinted(trace, steps?.timeOf(step) ?? 0));
    const found = mode === 'controlled' && steps?.count && source === ranSource ? insideLine(steps, trace, step, preview?.thread ?? selection?.thread ?? null) : null;
    root.hidden = !found;
    store.set({ inside: Boolean(found) });
    if (!found) { key = ''; return; }
    const next = JSON.stringify([trace.run, step, found.line, found.code, found.threads.map((each) => each.at)]);
    if (next === key) return;
    key = next;
    title.textContent = `Inside line ${found.line}`;
    code.textContent = ranSource.split('\n')[found.line - 1]?.trim() ?? '';
    columns.replaceChildren(...found.threads.map((each) => column(trace, found, each)));
    note.textContent = found.note;
    note.hidden = !found.note;
    columns.querySelector('.here')?.scrollIntoView?.({ block: 'nearest' });
  }
  /** A frame later than the picture of the steps, which has to come first. */
  const dirty = () => { frame ||= requestAnimationFrame(() => { frame = requestAnimationFrame(draw); }); };
  const off = store.on(['steps', 'step', 'trace', 'mode', 'selection', 'granularity', 'preview', 'source'], dirty);
  dirty();
  return () => { off(); cancelAnimationFrame(frame); root.replaceChildren(); };
}

function column(trace, { ops }, { thread, at, words }) {
  const of = trace.threads[thread];
  return h('div', { class: 'bcc' }, h('div', { class: 'bh' }, tag(of), h('span', { class: 'nm' }, of.name), h('span', { class: 'faint' }, words)),
    h('ol', { class: 'ops' }, ...ops.map((op, index) => h('li', { class: `op ${index < at ? 'done' : ''} ${index === at ? 'here' : ''}`, 'aria-current': index === at ? 'step' : null },
      index < at ? h('span', { class: 'sr' }, 'done: ') : null, h('span', {}, op.name), h('span', { class: 'arg' }, h('span', {}, op.arg), op.does ? h('span', { class: 'rw' }, op.does) : null)))));
}
