/** How orders end, with a mark of its own for each: a circle completes, a square with a cross fails, a ring is not known. */
import { svg } from '../dom.js';
import { endingsAfter } from '../../core/class_tree.js';
import { classesFor } from '../../finding.js';

const MOST_MARKS = 8;
const FAILED = new Set(['deadlock', 'exception']);
/** What an outcome of a run is as an ending. */
const KINDS = { ok: 'complete', deadlock: 'deadlock', failed: 'exception' };

/** A leaf's mark: "complete", "deadlock", "exception" or "unknown". */
export function leaf(kind) {
  const box = (...parts) => svg('svg', { class: `lf ${kind}`, viewBox: '0 0 9 9', 'aria-hidden': 'true' }, ...parts);
  if (kind === 'complete') return box(svg('circle', { cx: 4.5, cy: 4.5, r: 3.6 }));
  if (FAILED.has(kind)) return box(svg('rect', { x: 0.5, y: 0.5, width: 8, height: 8, rx: 1.5 }), svg('path', { d: 'm2.8 2.8 3.4 3.4m0-3.4L2.8 6.2' }));
  return box(svg('circle', { cx: 4.5, cy: 4.5, r: 3.4 }));
}

/** Where there are too many for marks of their own: as many of each kind as its part of the whole, and of none no mark at all. */
function some(kinds) {
  const n = Math.min(MOST_MARKS, kinds.length);
  const few = Array.from({ length: n }, (_, i) => kinds[Math.floor((i * kinds.length) / n)]);
  if (!few.includes(kinds.at(-1))) few[n - 1] = kinds.at(-1);
  return few;
}

const kindOf = (end) => KINDS[end?.outcome] ?? 'unknown';

/** How a run ended: {mark, words}. */
export function endOf({ trace }) {
  const end = trace.ended, kind = kindOf(end);
  const words = kind === 'complete' ? 'completes' : kind === 'deadlock' ? 'ends in a deadlock' : kind === 'exception' ? `fails with ${end.error || 'an error'}` : 'is cut off';
  return { kind, mark: leaf(kind), words };
}

/**
 * What is known of the endings after these choices: from the search, and from the orders tried by hand. {marks, words}; other orders that were
 * not tried may end otherwise.
 */
export function knownEndings(app, prefix) {
  const { classes, complete } = classesFor(app.store.get()), ways = new Map();
  const starts = (choices) => choices.length >= prefix.length && prefix.every((who, i) => choices[i] === who);
  const found = endingsAfter(classes, prefix);
  if (!found.total) for (const { choices, end, id } of app.actions.triedWays()) if (starts(choices)) ways.set(id, kindOf(end));
  const kinds = found.total ? ['deadlock', 'exception', 'complete'].flatMap((kind) => Array(found[kind]).fill(kind)).concat(Array(found.other).fill('unknown')) : [...ways.values()].sort().reverse();
  if (!kinds.length) return { marks: [leaf('unknown')], words: 'not tried yet' };
  const bad = kinds.filter((kind) => FAILED.has(kind)).length, good = kinds.filter((kind) => kind === 'complete').length, n = kinds.length;
  const deadlocks = kinds.every((kind) => kind === 'deadlock');
  const words = n === 1 && !complete ? (good ? 'completes the way it was tried' : bad ? `${deadlocks ? 'ends in a deadlock' : 'fails'} the way it was tried` : 'was cut off when tried')
    : bad === n ? `every ending known ${deadlocks ? 'is a deadlock' : 'fails'}` : good === n ? (n === 1 ? 'the ending known is complete' : `all ${n} endings known are complete`) : `${good} of ${n} endings known complete`;
  return { marks: some(kinds).map(leaf), words };
}
