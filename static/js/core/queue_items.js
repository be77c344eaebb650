// What a queue holds, at any time: its puts and gets replayed from the nearest checkpoint.
import { Table, upperBound } from './table.js';

const EVERY = 128;
export const PUT = 1, GOT = 2, LOST = 3;

/** Items of one Queue, LifoQueue, PriorityQueue or SimpleQueue. Notes are text ids; the contents are not known after a lost event
 * until the queue is seen empty. */
export class QueueItems {
  constructor(primitive) {
    this.order = primitive === 'LifoQueue' ? 'last' : primitive === 'PriorityQueue' ? 'least' : 'first';
    this.steps = new Table({ at: Float64Array, what: Uint8Array, note: Uint32Array, value: Uint32Array });
    this.checkpoints = [];
    this.now = { items: [], known: true };
  }

  /** Adds one step; `value` is the size after it. */
  take(at, what, note, value) {
    const { steps } = this;
    if (steps.count % EVERY === 0) this.checkpoints.push({ items: [...this.now.items], known: this.now.known });
    const i = steps.add();
    steps.at[i] = at;
    steps.what[i] = what;
    steps.note[i] = note;
    steps.value[i] = value;
    this.#step(this.now, i);
  }

  /** The items then, next out first, as text ids; null if they are not known. */
  at(t, texts) {
    const last = upperBound(this.steps.at, this.steps.count, t);
    if (last === 0) return [];
    const checkpoint = Math.min(this.checkpoints.length - 1, Math.floor(last / EVERY));
    const { items, known } = this.checkpoints[checkpoint];
    const state = last === this.steps.count ? { items: [...this.now.items], known: this.now.known } : { items: [...items], known };
    if (last !== this.steps.count) for (let i = checkpoint * EVERY; i < last; i++) this.#step(state, i);
    if (!state.known) return null;
    if (this.order === 'last') return state.items.reverse();
    return this.order === 'least' ? state.items.sort((a, b) => compare(texts.get(a) ?? '', texts.get(b) ?? '')) : state.items;
  }

  #step(state, i) {
    const { what, note, value } = this.steps;
    if (what[i] === LOST) { state.known = false; state.items = []; return; }
    if (what[i] === PUT) state.items.push(note[i]);
    else this.#remove(state, note[i]);
    if (value[i] === 0) { state.items = []; state.known = true; } else if (state.items.length !== value[i]) this.#mend(state, what[i], value[i]);
  }

  /** Takes out the item that was got: by its text, else by the queue's own order. */
  #remove(state, note) {
    const { items } = state;
    let i = note ? (this.order === 'last' ? items.lastIndexOf(note) : items.indexOf(note)) : -1;
    if (i < 0) i = this.order === 'last' ? items.length - 1 : 0;
    items.splice(i, 1);
  }

  /** Two threads' events may be written in the other order than they happened; a size that is off by one rights itself with the next. */
  #mend(state, what, value) {
    if (Math.abs(state.items.length - value) > 2) { state.known = false; state.items = []; }
  }
}

/** Texts of items by value where both are numbers (or tuples that begin with one), else by letters. */
function compare(a, b) {
  const x = parseFloat(a.replace(/^\(/, '')), y = parseFloat(b.replace(/^\(/, ''));
  return Number.isNaN(x) || Number.isNaN(y) ? (a < b ? -1 : a > b ? 1 : 0) : x - y;
}
