// What the end of a run means for the page: whether the program ran at all, and which moment is worth resting at.
import { KILLED, NEW, NONE, RUNNING } from './states.js';

const REFUSED_SOURCE = /^(Syntax|Indentation|Tab)Error$/;
const rests = new WeakMap();

/** True if the run ended because Python could not read the program: no line of it ran. */
export const neverRan = (trace) => Boolean(trace?.ended && REFUSED_SOURCE.test(trace.ended.error ?? '') && !(trace.seen & (1 << RUNNING)));

/**
 * The moment that panels show when no playhead is set: the end of what is known. A run that was cut short (a deadlock, a limit, a stop)
 * rests just before its threads were cut off: "killed" would hide what each of them was doing.
 */
export function restOf(trace) {
  if (!trace) return 0;
  if (!trace.ended || trace.ended.outcome === 'ok') return trace.until;
  if (!rests.has(trace)) rests.set(trace, Math.max(0, cutOffAt(trace)));
  return rests.get(trace);
}

/** True if that thread was cut off before it ever ran: its start failed, or the program was over first. */
export function neverBegan(trace, thread) {
  const { row, count } = trace.eventsOf(thread), { to } = trace.events;
  for (let i = 0, born = false; i < count; i++) {
    const state = to[row[i]];
    if (state === NEW) born = true;
    else if (state !== NONE) return born && state === KILLED;
  }
  return false;
}

function cutOffAt(trace) {
  const { at, kind, count } = trace.events, killed = trace.kinds.findIndex((each) => each?.name === 'thread.killed');
  let first = trace.until + 1;
  for (let row = count - 1; row >= 0 && (kind[row] === killed || at[row] >= first - 1); row--) if (kind[row] === killed) first = at[row];
  return first - 1;
}
