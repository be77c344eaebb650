// The timeline as a table: thread, state, from, for, on, line. The same spans as the window of the lanes shows, as text.
import { lowerBound, upperBound } from '../core/table.js';
import { duration } from '../core/words.js';
import { nameOf, objectName } from '../core/sentences.js';
import { h, tag } from './dom.js';
import { factsOf } from './timeline/facts.js';
import { stateWord } from './timeline/words.js';

const PAGE = 200;

/** {element, update(trace, view, until)}; `choose(thread, seq, at)` answers a click on a row. */
export function makeTable(app, choose) {
  const body = h('tbody'), note = h('p', { class: 'tl-note' });
  const back = h('button', { class: 'btn s', type: 'button', onclick: () => turn(-1) }, 'Earlier rows'), on = h('button', { class: 'btn s', type: 'button', onclick: () => turn(1) }, 'Later rows');
  const table = h('table', {}, h('caption', { class: 'sr' }, 'Spans of every thread in the shown window of time'),
    h('thead', {}, h('tr', {}, ...['Thread', 'State', 'From', 'For', 'On', 'Line'].map((name, i) => h('th', { scope: 'col', class: i === 2 || i === 3 ? 'right-aligned' : null }, name)))), body);
  const element = h('div', { class: 'tl-table', hidden: true, tabindex: '0', role: 'region', 'aria-label': 'Timeline as a table' }, h('div', { class: 'tl-pages' }, note, h('span', { class: 'grow' }), back, on), table);
  let page = 0, key = '', last = null;

  function turn(by) { page += by; key = ''; update(...last); }

  function update(trace, view, until) {
    last = [trace, view, until];
    if (element.hidden) return;
    const next = `${trace?.run ?? ''}|${view.t0}|${view.t1}|${trace?.count}|${page}`;
    if (next === key) return;
    key = next;
    const found = trace ? spansIn(trace, view, until) : [], pages = Math.max(1, Math.ceil(found.length / PAGE));
    page = Math.max(0, Math.min(page, pages - 1));
    const shown = found.slice(page * PAGE, (page + 1) * PAGE);
    note.textContent = found.length ? `${duration(Math.max(0, view.t0))} to ${duration(Math.min(view.t1, until))}: ${found.length.toLocaleString('en-US')}${found.length === MOST ? ' or more' : ''} spans${pages > 1 ? `, ${page * PAGE + 1} to ${page * PAGE + shown.length} shown` : ''}` : 'No spans in this stretch.';
    back.disabled = page === 0;
    on.disabled = page >= pages - 1;
    back.hidden = on.hidden = pages < 2;
    body.replaceChildren(...shown.map(([thread, span]) => rowOf(trace, thread, span, until)));
  }

  function rowOf(trace, thread, span, until) {
    const facts = factsOf(trace, thread, span, until), info = trace.threads[thread];
    return h('tr', { onclick: () => choose(thread, facts.seq, facts.from) },
      h('td', {}, h('span', { class: 'who-name' }, info ? tag(info) : null, nameOf(trace, thread))), h('td', { class: 'state-word' }, facts.unborn ? 'never began' : stateWord(app, facts.state)),
      h('td', { class: 'num right-aligned' }, duration(facts.from)), h('td', { class: 'num right-aligned' }, facts.open && !trace.ended ? `${duration(facts.lasted)} so far` : duration(facts.lasted)),
      h('td', {}, facts.obj && facts.obj !== info?.obj ? h('span', { class: 'mono' }, objectName(trace, facts.obj)) : ''), h('td', { class: 'num' }, facts.line ? String(facts.line) : ''));
  }

  return { element, update };
}

const MOST = 5000;

/** [thread, span] of what the window shows, by beginning, then thread; at most MOST. */
function spansIn(trace, view, until) {
  const found = [];
  trace.lanes.forEach((lane, thread) => {
    if (!lane || found.length >= MOST) return;
    const { spans } = lane, first = Math.max(0, upperBound(spans.start, spans.count, view.t0) - 1), last = lowerBound(spans.start, spans.count, Math.min(view.t1, until) + 1);
    for (let span = first; span < last && found.length < MOST; span++) if (spans.end[span] > view.t0 && !(lane.cuts.length && lane.cutAt(spans.start[span], trace))) found.push([thread, span, spans.start[span]]);
  });
  return found.sort((a, b) => a[2] - b[2] || a[0] - b[0]);
}
