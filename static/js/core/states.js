// The ids of thread states as they travel (playground/model/event.py: ThreadState); their words come from the vocabulary.

export const NONE = 0, NEW = 1, READY = 2, RUNNING = 3, WAITING_GIL = 4, BLOCKED = 5, SLEEPING = 6, IO = 7, DONE = 8, CRASHED = 9, KILLED = 10;
export const STATE_COUNT = 11;

/** Name of a state in tokens.css and in class names, by id. */
export const STATE_KEYS = ['none', 'new', 'ready', 'running', 'gil', 'blocked', 'sleeping', 'io', 'done', 'crashed', 'killed'];

/** Who wins a pixel that several states share: the higher one; among equals (0) the longest. */
export const RANK = Uint8Array.of(0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 0);

/** States in which a thread has no use for the GIL, by id. */
export const LETS_GO = Uint8Array.of(0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1);

/** Painting order: what must be seen is painted last. */
export const PAINT_ORDER = [NEW, DONE, KILLED, SLEEPING, IO, WAITING_GIL, RUNNING, READY, BLOCKED, CRASHED];

/** Waits that hold nobody up (an idle consumer, main in join): shown paler than contention. */
export const IDLE_WAITS = new Set(['thread.joining', 'condition.waiting', 'event.waiting', 'barrier.waiting', 'timer.waiting', 'queue.get_blocked',
  'queue.joining', 'pool.idle', 'future.waiting']);
