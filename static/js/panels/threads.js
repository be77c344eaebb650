/** The threads as a table: always what the lanes say at the same moment. */
import { BLOCKED, DONE, KILLED, NONE, STATE_KEYS } from '../core/states.js';
import { neverBegan } from '../core/endings.js';
import { CpuTimes } from '../core/cpu.js';
import { duration } from '../core/words.js';
import { h, say, tag } from './dom.js';
import { atMoment } from './moment.js';
import { repaintMarks, stateMark } from './timeline/words.js';

const HEADS = [['Thread', ''], ['State', ''], ['Line', 'at'], ['Waits for', 'on'], ['For', 'right-aligned'], ['CPU', 'cpu']];
/** The order in which the summary counts. */
const SUMMARY = [3, 4, 5, 7, 6, 2, 1, 8, 9, 10];

export function mount(root, app) {
  const summary = h('span', { class: 'faint' });
  const body = h('tbody', {});
  const table = h('table', {}, h('thead', {}, h('tr', {}, ...HEADS.map(([word, name]) =>
    h('th', { class: name, scope: 'col', title: word === 'CPU' ? 'processor time used, when last looked at from outside the program' : null }, word)))), body);
  const empty = h('p', { class: 'empty-note' }, 'Run it to see its threads.');
  root.append(h('div', { class: 'head' }, h('h2', { id: 'threads-title' }, 'Threads'), summary), h('div', { class: 'scroll', tabindex: '0', role: 'group', 'aria-labelledby': 'threads-title' }, table, empty));
  let rows = [];
  let of = null;
  let cpu = null;
  const draw = (trace, t) => {
    if (trace !== of) {
      of = trace;
      cpu = trace && new CpuTimes(trace);
      rows = [];
      body.replaceChildren();
    }
    const threads = trace?.threads ?? [];
    table.hidden = !threads.length;
    empty.hidden = threads.length > 0;
    while (rows.length < threads.length) {
      const row = new Row(threads[rows.length], app);
      rows.push(row);
      body.append(row.element);
    }
    const counts = new Map();
    const { selection } = app.store.get();
    const used = rows.map((row) => cpu.at(row.thread.id, t));
    const most = used.reduce((least, each) => Math.max(least, each?.ms ?? 0), 1);
    rows.forEach((row, index) => {
      const at = trace.stateAt(row.thread.id, t);
      const state = shownState(trace, row.thread.id, at);
      counts.set(state, (counts.get(state) ?? 0) + 1);
      row.draw(trace, t, at, used[index], most, selection?.thread === row.thread.id);
    });
    say(summary, SUMMARY.filter((state) => counts.has(state)).map((state) => `${counts.get(state)} ${app.word(state)}`).join(', '));
  };
  const themed = () => repaintMarks(root);
  document.addEventListener('themechange', themed);
  const off = atMoment(app, draw);
  return () => { off(); document.removeEventListener('themechange', themed); root.replaceChildren(); };
}

/** A thread whose start failed is no thread that was cut off: it was never there. */
const shownState = (trace, thread, at) => (!at || (at.state === KILLED && neverBegan(trace, thread)) ? NONE : at.state);

class Row {
  constructor(thread, app) {
    this.thread = thread;
    this.app = app;
    this.state = -1;
    this.on = '';
    this.cells = HEADS.map(([, name]) => h('td', { class: `${name} ${name === 'right-aligned' ? 'num' : ''}` }));
    const choose = h('button', { class: 'choose', type: 'button', title: `${thread.name}${thread.daemon ? ', a daemon' : ''}`, onclick: () => app.actions.select(thread.id) },
      tag(thread), h('span', {}, thread.name));
    this.cells[0].append(choose);
    this.line = h('span', { class: 'mono' });
    this.cells[2].append(this.line);
    this.bar = h('i', {});
    this.used = h('span', { class: 'num' });
    this.gauge = h('span', { class: 'gauge', hidden: true }, h('span', { class: 'bar', 'aria-hidden': 'true' }, this.bar), this.used);
    this.cells[5].append(this.gauge);
    this.element = h('tr', { 'data-thread': thread.id }, ...this.cells);
  }

  draw(trace, t, at, used, most, selected) {
    const state = shownState(trace, this.thread.id, at);
    if (state !== this.state) {
      this.state = state;
      this.cells[1].replaceChildren(state === NONE ? h('span', { class: 'faint' }, at && !at.known && at.since ? 'not recorded' : 'not started') : stateMark(this.app, state));
      this.element.dataset.state = STATE_KEYS[state];
    }
    const over = state === DONE || state === KILLED || state === NONE;
    say(this.line, over || !at?.line ? '' : String(at.line));
    this.waits(trace, t, state === BLOCKED ? at.obj : 0);
    say(this.cells[4], at && state !== NONE ? duration(Math.max(0, t - at.since)) : '');
    this.gauge.hidden = !used;
    if (used) {
      this.bar.style.width = `${(100 * used.ms) / most}%`;
      say(this.used, `${used.ms} ms`);
      this.cells[5].title = `seen at ${duration(used.at)}`;
    }
    if (selected) this.element.setAttribute('aria-selected', 'true');
    else this.element.removeAttribute('aria-selected');
  }

  /** What it waits for, and who holds that. */
  waits(trace, t, id) {
    const obj = id ? trace.objects.get(id) : null;
    const owner = obj ? trace.objectAt(id, t)?.owner : null;
    const holder = obj?.primitive === 'Thread' ? null : trace.threads[owner ?? -1] ?? null;
    const print = obj ? `${id}:${holder?.id ?? ''}` : '';
    if (print === this.on) return;
    this.on = print;
    const cell = this.cells[3];
    if (!obj) return cell.replaceChildren();
    cell.replaceChildren(h('span', { class: 'mono' }, obj.name), ...(holder ? [' held by ', tag(holder)] : []));
    cell.title = `${obj.primitive} ${obj.name}${holder ? `, held by ${holder.name}` : ''}`;
  }
}
