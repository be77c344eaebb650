// What an event does to its object, by kind: a table, so that a new kind is a row.
import { GOT, PUT } from './queue_items.js';

const level = (log, e) => log.level(e.at, e.value);
const zero = (log, e) => log.level(e.at, 0);
const item = (what) => (log, e) => {
  log.level(e.at, e.value);
  log.items?.take(e.at, what, e.note, e.value);
};

/** A Condition's wait lets go of the lock that lives inside it; when the wait returns the thread has it again. */
const letGo = (log, e, lane) => {
  lane.heldBefore = log.owner === e.thread ? e.obj : 0;
  if (lane.heldBefore) log.free(e.at);
};
const haveAgain = (log, e, lane) => {
  if (lane.heldBefore === e.obj && log.owner < 0) log.own(e.at, e.thread, e.seq);
  lane.heldBefore = 0;
};

/** Kind name -> (log, event, lane). The event is {seq, at, thread, obj, value, note}. */
export const EFFECTS = {
  'lock.acquired': (log, e) => log.own(e.at, e.thread, e.seq),
  'lock.held': (log, e) => log.own(e.at, e.thread, e.seq),
  'lock.released': (log, e) => { if (e.value === 0) log.free(e.at); },
  'condition.waiting': letGo,
  'condition.woken': haveAgain,
  'condition.timed_out': haveAgain,
  'semaphore.acquired': level,
  'semaphore.released': level,
  'event.set': (log, e) => log.level(e.at, 1),
  'event.cleared': zero,
  'barrier.waiting': level,
  'barrier.tripped': zero,
  'barrier.broken': zero,
  'barrier.reset': zero,
  'queue.put': item(PUT),
  'queue.got': item(GOT),
  'queue.shut_down': (log, e) => { log.shutAt = Math.min(log.shutAt, e.at); },
};
