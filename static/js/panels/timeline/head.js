// The timeline's head: what the run is doing, the legend, and the buttons for what the wheel and the keys do too.
import { BLOCKED, CRASHED, DONE, IO, KILLED, READY, RUNNING, SLEEPING, WAITING_GIL } from '../../core/states.js';
import { neverRan } from '../../core/endings.js';
import { duration, plural } from '../../core/words.js';
import { h, icon, say } from '../dom.js';
import { stateMark } from './words.js';

const ALWAYS = [RUNNING, WAITING_GIL, BLOCKED, SLEEPING, IO, DONE], IF_SEEN = [READY, CRASHED, KILLED];

/** {element, legend (for the phone), update(state)}; `actions`: follow, table, zoomIn, zoomOut, whole. */
export function makeHead(app, actions) {
  const status = h('span', {}), stats = h('span', { class: 'faint num' });
  const legends = [h('div', { class: 'legend desk' }), h('div', { class: 'legend only-phone' })];
  const button = (label, picture, action, keys, extra = '') => h('button', { class: `btn icon s ${extra}`, type: 'button', 'aria-label': label, title: `${label} (${keys})`, 'aria-keyshortcuts': keys, onclick: action }, icon(picture));
  const follow = h('button', { class: 'btn s tl-follow', type: 'button', 'aria-keyshortcuts': 'Space', onclick: actions.follow, hidden: true });
  const table = button('Show as table', 'table', actions.table, 'T');
  const element = h('div', { class: 'head tl-head' }, status, stats, follow, h('span', { class: 'grow' }), legends[0], table, button('Zoom out', 'minus', actions.zoomOut, '-'),
    button('Zoom in', 'plus', actions.zoomIn, '+'), button('Whole run', 'fit', actions.whole, '0'));
  let shown = '';

  return {
    element,
    legend: legends[1],
    /** `state`: run, until, trace, following, playhead, asTable. */
    update({ run, until, trace, following, playhead, asTable, place }) {
      const live = run === 'live', [word, dot] = wordFor(app, run, trace, place);
      say(status, word);
      status.title = [word, trace?.ended?.sentence].filter(Boolean).join('. ');
      status.className = dot ? 'live' : 'tl-status';
      say(stats, trace ? (run === 'ended' ? plural(trace.count, 'event') : `${duration(until)} \u00b7 ${plural(trace.count, 'event')}`) : '');
      const canFollow = live && (!following || playhead !== null);
      follow.hidden = !live && playhead === null;
      say(follow, canFollow ? 'Follow live' : live ? 'Pause' : 'Back to the end');
      table.setAttribute('aria-pressed', String(asTable));
      const wanted = (state) => !trace?.ended || Boolean(trace.seen & (1 << state));
      const states = ALWAYS.filter((state) => wanted(state) && (state !== WAITING_GIL || !trace || trace.gil)).concat(IF_SEEN.filter((state) => trace && trace.seen & (1 << state)));
      const dead = Boolean(trace?.findings.some((finding) => finding.kind === 'deadlock')), key = `${states}${dead}`;
      if (key === shown) return;
      shown = key;
      for (const legend of legends) legend.replaceChildren(...states.map((state) => stateMark(app, state)), ...(dead ? [stateMark(app, BLOCKED, true)] : []));
    },
  };
}

/** What the run is doing, and whether the live dot goes with it. */
function wordFor(app, run, trace, place) {
  if (run === 'live') return ['Live', true];
  if (run === 'queued') return [place ? `${place} in line` : 'Queued', false];
  if (run === 'starting') return ['Starting', false];
  if (run === 'reconnecting') return ['Connection lost, catching up', false];
  if (!trace) return ['Timeline', false];
  const { ended } = trace;
  if (!ended) return ['Not complete', false];
  if (neverRan(trace)) return ['Did not start', false];
  const word = app.vocabulary.outcomes?.find((each) => each.name === ended.outcome)?.word ?? ended.outcome;
  return [ended.outcome === 'ok' ? `Finished in ${duration(ended.at_ns)}` : `${word[0].toUpperCase()}${word.slice(1)} after ${duration(ended.at_ns)}`, false];
}
