// One object's history: who held it, who waited for it, how its value moved, what a queue contained.
import { Table, upperBound } from './table.js';
import { RangePyramid } from './pyramid.js';
import { QueueItems } from './queue_items.js';

const BARS = { start: Float64Array, end: Float64Array, thread: Uint16Array, seq: Uint32Array };
const STEPS = { at: Float64Array, value: Float64Array };

/** Holders and waits are bars (the open ones end at Infinity); waiting and levels are steps {at, value}. */
export class ObjectLog {
  constructor(info) {
    this.holders = new Table(BARS, 4);
    this.waits = new Table(BARS, 4);
    this.waiting = new Table(STEPS, 4);
    this.levels = new Table(STEPS, 4);
    this.range = new RangePyramid(this.levels);
    this.crowd = new RangePyramid(this.waiting);
    this.items = /Queue$/.test(info.primitive) ? new QueueItems(info.primitive) : null;
    this.owner = -1;
    this.open = new Map();
    this.shutAt = Infinity;
    this.used = false;
    this.cuts = [];
    this.toldAt = -1;
  }

  /** A gap hid what was done with it: nothing of it is known until something is told of it after the gap. */
  cut(gap) {
    this.cuts.push({ from: gap.from_ns, to: gap.to_ns, resume: this.toldAt >= gap.to_ns ? this.toldAt : Infinity, gap });
  }

  /** An event tells who has the object, or how much is in it. */
  tell(at) {
    this.toldAt = at;
    for (let i = this.cuts.length - 1; i >= 0 && this.cuts[i].resume === Infinity; i--) if (at >= this.cuts[i].to) this.cuts[i].resume = at;
  }

  /** True unless a gap hid what became of it by then. */
  knownAt(t) {
    return !this.cuts.some((cut) => t >= cut.from && t < cut.resume);
  }

  /** That thread holds the object now; whoever held it before no longer does. */
  own(at, thread, seq) {
    if (this.owner === thread) return;
    this.free(at);
    const i = this.holders.add();
    this.holders.start[i] = at;
    this.holders.end[i] = Infinity;
    this.holders.thread[i] = thread;
    this.holders.seq[i] = seq;
    this.owner = thread;
  }

  free(at) {
    if (this.owner >= 0) this.holders.end[this.holders.count - 1] = at;
    this.owner = -1;
  }

  beginWait(at, thread, seq) {
    if (this.open.has(thread)) return;
    const i = this.waits.add();
    this.waits.start[i] = at;
    this.waits.end[i] = Infinity;
    this.waits.thread[i] = thread;
    this.waits.seq[i] = seq;
    this.open.set(thread, i);
    step(this.waiting, at, this.open.size);
  }

  endWait(at, thread) {
    const i = this.open.get(thread);
    if (i === undefined) return;
    this.waits.end[i] = at;
    this.open.delete(thread);
    step(this.waiting, at, this.open.size);
  }

  level(at, value) {
    step(this.levels, at, value);
  }

  ownerAt(t) {
    const i = upperBound(this.holders.start, this.holders.count, t) - 1;
    return i >= 0 && this.holders.end[i] > t ? this.holders.thread[i] : null;
  }

  /** Who waits then, in order of arrival: [{thread, since, seq}]. */
  waitsAt(t) {
    const found = [], { waits } = this;
    for (let i = upperBound(waits.start, waits.count, t) - 1, missing = valueAt(this.waiting, t) ?? 0; i >= 0 && missing > 0; i--) {
      if (waits.end[i] <= t) continue;
      found.push({ thread: waits.thread[i], since: waits.start[i], seq: waits.seq[i] });
      missing--;
    }
    return found.reverse();
  }
}

/** The value of steps {at, value} at t, or null before the first. */
export function valueAt(steps, t) {
  const i = upperBound(steps.at, steps.count, t) - 1;
  return i < 0 ? null : steps.value[i];
}

function step(steps, at, value) {
  const last = steps.count - 1;
  if (last >= 0 && steps.value[last] === value) return;
  const i = last >= 0 && steps.at[last] === at ? last : steps.add();
  steps.at[i] = at;
  steps.value[i] = value;
}
