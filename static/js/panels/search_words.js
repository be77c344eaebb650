/** What the search is doing, in one line: for the title row, the phone's run bar and the card of Find. */
import { elapsed, pace, verdictOf } from '../core/verdict.js';
import { h } from './dom.js';
import { inLine } from './queue_words.js';

/** @param {any} state the store's @param {boolean} whole false where the card of Find stands beside it and says it @returns {Element[]} */
export function searchWords({ search }, whole) {
  const sub = (text) => h('span', { class: 'sub num' }, text);
  if (!whole) return [];
  if (search.state === 'queued') return inLine(search.place, search.eta);
  if (search.state === 'idle') return [sub('Not searched yet')];
  if (search.state === 'searching') return [h('span', { class: 'live' }, 'Searching'), sub(search.progress ? pace(search.progress) : '')];
  if (search.error) return [h('b', {}, 'Not searched'), sub(search.error.message)];
  return search.explored ? [h('b', {}, verdictOf(search.explored, { ...search.asked, stopped: search.stopped }).word), sub(after(search.explored))] : [];
}

/** "after 3 executions in 0.2 s"; nothing where none was made. */
export const after = ({ executions, seconds }) => (executions ? `after ${pace({ executions, seconds: 0 })} in ${seconds < 0.05 ? 'under 0.1 s' : elapsed(seconds)}` : '');
