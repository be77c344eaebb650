/** What the run is doing, in words: not run yet, a place in the queue, live, connection lost, how it ended. */
import { duration, plural } from '../core/words.js';
import { h } from './dom.js';
import { inLine } from './queue_words.js';
import { searchWords } from './search_words.js';

const LIVE_PAUSE_MS = 100;

/** Keeps `root` up to date; `withLive` also what the timeline's head says (on a phone's other tabs). */
export function statusLine(root, app, { withLive }) {
  let timer = 0;
  const draw = () => {
    timer = 0;
    const words = app.store.get().mode === 'find' ? searchWords(app.store.get(), withLive) : sentence(app.store.get(), withLive);
    const print = words.map((part) => part.outerHTML ?? part).join('');
    if (root.dataset.print === print) return;
    root.dataset.print = print;
    root.replaceChildren(...words);
    root.title = root.textContent;
  };
  const later = () => { timer ||= setTimeout(draw, LIVE_PAUSE_MS); };
  const offs = [app.store.on(['run', 'place', 'eta', 'error', 'trace', 'mode', 'search'], draw), app.store.on(['version'], later)];
  draw();
  return () => { offs.forEach((off) => off()); clearTimeout(timer); };
}

/** @returns {(Element|string)[]} */
function sentence({ run, place, eta, trace, error, mode, steps }, withLive) {
  const sub = (text) => h('span', { class: 'sub num' }, text);
  if (error && !error.line && (run === 'idle' || run === 'ended')) return [h('b', {}, 'Not run'), sub(error.message)];
  if (run === 'idle') return withLive ? [sub('Not run yet')] : [];
  if (run === 'queued') return inLine(place, eta);
  if (run === 'starting') return withLive ? [sub('Starting')] : [];
  if (run === 'reconnecting') return [h('span', { class: 'lost' }), h('b', {}, 'Connection lost'), sub('Your run goes on; this page catches up when it returns.')];
  if (run === 'live') return withLive ? [h('span', { class: 'live' }, 'Live'), sub(`${duration(trace?.until ?? 0)} \u00b7 ${plural(trace?.count ?? 0, 'event')}`)] : [];
  if (mode === 'controlled') return withLive && trace?.ended ? [sub(trace.ended.outcome === 'ok' ? `${plural(steps?.count ?? 0, 'step')}, to the end.` : ending(trace))] : [];
  return withLive ? [sub(ending(trace))] : [];
}

/** How the run ended: the server's own sentence, or the time it took. */
export function ending(trace) {
  const end = trace?.ended;
  if (!end) return 'Ended';
  if (end.outcome === 'ok') return `Finished in ${duration(end.at_ns)}.`;
  return end.sentence || end.message || end.outcome;
}
