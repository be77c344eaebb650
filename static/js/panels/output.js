/** What the program printed up to the moment that is shown: by thread, or in the order in which it came. Always text, never markup. */
import { duration, plural } from '../core/words.js';
import { showsFailure } from '../finding.js';
import { h, icon, say, tag } from './dom.js';
import { atMoment } from './moment.js';
import { recall, remember } from '../remembered.js';

/** More is not laid out; the download has all of it. */
const SHOWN_CHARACTERS = 65_536;
const LAST_OF_A_THREAD = 4_000;

export function mount(root, app) {
  const how = h('span', { class: 'faint' });
  const toggle = h('button', { class: 'btn s', type: 'button' });
  const inside = h('button', { class: 'btn s desk', type: 'button', onclick: () => { app.store.set({ beneath: 'line' }); document.querySelector('[data-panel=bytecode] .to-output')?.focus(); } }, 'Inside the line');
  const save = h('button', { class: 'btn icon s', type: 'button', 'aria-label': 'Download the output', title: 'Download the output' }, icon('download'));
  const list = h('div', { class: 'out' });
  root.append(h('div', { class: 'head' }, h('h2', { id: 'output-title' }, 'Output'), how, h('span', { class: 'grow' }), inside, toggle, save),
    h('div', { class: 'scroll', tabindex: '0', role: 'group', 'aria-labelledby': 'output-title' }, list));
  let inOrder = recall('output-in-order', false);
  let drawn = '';
  const draw = (run, t) => {
    const { mode, steps } = app.store.get(), trace = mode !== 'find' || showsFailure(app.store.get()) ? run : null;
    const outputs = printedBy(trace, t);
    say(how, `${inOrder ? 'in order' : 'by thread'}${mode !== 'free' && steps?.count && trace ? `, up to step ${app.store.get().step}` : ''}`);
    say(toggle, inOrder ? 'By thread' : 'In order');
    save.disabled = !trace?.outputs.length;
    const print = `${inOrder}:${mode}:${trace?.run}:${trace?.threads.length}:${outputs.length}:${outputs.at(-1)?.text.length}:${Boolean(trace?.ended)}`;
    if (print === drawn && trace) return;
    drawn = print;
    const { rows, cut } = inOrder ? ordered(outputs) : byThread(trace, outputs);
    const body = rows.map(({ thread, text, error, at }) => h('div', { class: 'og' }, tagOf(trace, thread), h('pre', { class: error ? 'err' : null }, text),
      at === undefined ? null : h('span', { class: 'at num' }, mode !== 'free' && steps ? `step ${steps.stepOfTime(at)}` : duration(at))));
    if (!outputs.length) body.push(h('p', { class: 'empty-note' }, trace?.outputs.length ? 'Nothing printed up to this moment.' : trace?.ended ? 'The program printed nothing.' : 'No output yet.'));
    if (cut) body.push(h('p', { class: 'out-note' }, 'Only the last part is shown here; the download has all that was kept.'));
    if (trace?.ended?.limit === 'output_kb') body.push(h('p', { class: 'out-note' }, trace.ended.sentence));
    const scroller = list.parentElement;
    const atEnd = inOrder && scroller.scrollTop + scroller.clientHeight >= scroller.scrollHeight - 8;
    list.replaceChildren(...body);
    if (atEnd) scroller.scrollTop = scroller.scrollHeight;
  };
  toggle.addEventListener('click', () => {
    inOrder = !inOrder;
    remember('output-in-order', inOrder);
    const { trace, playhead } = app.store.get();
    draw(trace, playhead ?? trace?.until ?? 0);
  });
  save.addEventListener('click', () => {
    const { trace } = app.store.get();
    const url = URL.createObjectURL(new Blob([trace.outputs.map((each) => each.text).join('')], { type: 'text/plain' }));
    h('a', { href: url, download: app.page.filename.replace(/\.py$/, '') + '-output.txt' }).click();
    setTimeout(() => URL.revokeObjectURL(url), 1000);
  });
  /** In Schedule the place is shared with what is inside the line. */
  const place = () => {
    const { beneath, mode, inside: there } = app.store.get();
    document.body.dataset.beneath = beneath;
    inside.hidden = mode !== 'controlled' || beneath !== 'output' || !there;
  };
  const offs = [atMoment(app, draw), app.store.on(['beneath', 'mode', 'inside'], place)];
  place();
  return () => { offs.forEach((off) => off()); root.replaceChildren(); };
}

/** What was printed until then. */
export const printedBy = (trace, t) => (trace?.outputs ?? []).filter((each) => each.at_ns <= t);

/** "2 lines", "" where nothing was printed. */
export function linesPrinted(trace, t) {
  const text = printedBy(trace, t).map((each) => each.text).join('');
  return text ? plural(text.replace(/\n$/, '').split('\n').length, 'line') : '';
}

/** Pieces of one thread and stream that follow each other make one row. */
function ordered(outputs) {
  let size = 0;
  let first = outputs.length;
  while (first > 0 && size < SHOWN_CHARACTERS) size += outputs[--first].text.length;
  const rows = [];
  for (const each of outputs.slice(first)) {
    const last = rows.at(-1);
    if (last && last.thread === each.thread && last.error === (each.stream === 'stderr')) last.text += each.text;
    else rows.push({ thread: each.thread, text: each.text, error: each.stream === 'stderr', at: each.at_ns });
  }
  rows.forEach((row) => { row.text = row.text.replace(/\n$/, ''); });
  return { rows, cut: first > 0 };
}

function byThread(trace, outputs) {
  const texts = new Map();
  for (const { thread, text, stream } of outputs) {
    const key = `${thread}:${stream}`;
    const row = texts.get(key) ?? { thread, text: '', error: stream === 'stderr' };
    row.text += text;
    texts.set(key, row);
  }
  let cut = false;
  const rows = [...texts.values()].sort((a, b) => a.thread - b.thread || a.error - b.error);
  for (const row of rows) {
    if (row.text.length > LAST_OF_A_THREAD) { cut = true; row.text = row.text.slice(-LAST_OF_A_THREAD); }
    row.text = row.text.replace(/\n$/, '').split('\n').join('\n');
  }
  return { rows, cut };
}

function tagOf(trace, id) {
  const thread = trace?.threads[id];
  return thread ? tag(thread) : h('span', { class: 'tag id-0', title: 'Written past Python\u2019s own streams; by which thread is not known' }, '?');
}
