// One thread's history: its spans of state, the lines it reached, the rows of its events, the stretches nobody saw.
import { Table, lowerBound, upperBound } from './table.js';
import { BLOCKED, NONE, RUNNING } from './states.js';
import { StatePyramid } from './pyramid.js';

const SPANS = { start: Float64Array, end: Float64Array, state: Uint8Array, line: Uint32Array, obj: Uint32Array, seq: Uint32Array };

/** Spans touch: end[i] is start[i + 1]; the last span is open and its end is Infinity. */
export class Lane {
  constructor() {
    this.spans = new Table(SPANS);
    this.lines = new Table({ at: Float64Array, line: Uint32Array });
    this.rows = new Table({ row: Uint32Array });
    this.pyramid = new StatePyramid(this.spans);
    this.cuts = [];
    this.line = 0;
    this.waitingOn = 0;
    this.heldBefore = 0;
  }

  /** The state of the open span. */
  get state() {
    return this.spans.count ? this.spans.state[this.spans.count - 1] : NONE;
  }

  /** Notes where the thread stands. */
  reach(at, line) {
    if (line === this.line) return;
    this.line = line;
    const i = this.lines.add();
    this.lines.at[i] = at;
    this.lines.line[i] = line;
  }

  /** Begins a span unless the thread is in that state already (a sampled wait names no object and adds nothing). */
  change(at, state, obj, seq) {
    const { spans } = this, last = spans.count - 1;
    let i = last;
    if (last >= 0) {
      if (spans.state[last] === state && (state !== BLOCKED || obj === 0 || obj === spans.obj[last])) return;
      if (at <= spans.start[last]) at = spans.start[last];
      else i = -1;
    }
    if (i < 0) {
      if (last >= 0) spans.end[last] = at;
      i = spans.add();
    }
    spans.start[i] = at;
    spans.end[i] = Infinity;
    spans.state[i] = state;
    spans.line[i] = this.line;
    spans.obj[i] = state === RUNNING ? 0 : obj;
    spans.seq[i] = seq;
  }

  /** Number of the span that covers t, or -1 before the thread existed. */
  spanAt(t) {
    return upperBound(this.spans.start, this.spans.count, t) - 1;
  }

  /** The last line reached by then (0: none known). */
  lineAt(t) {
    const i = upperBound(this.lines.at, this.lines.count, t) - 1;
    return i < 0 ? 0 : this.lines.line[i];
  }

  /** The unseen stretch that covers t, or null. It lasts until the thread's state was seen again. */
  cutAt(t, trace) {
    for (const cut of this.cuts) if (t >= cut.from && t < this.resume(cut, trace)) return cut;
    return null;
  }

  /** The stretches from `from` to `to` in which its state was seen, in order: [[from, to]]. */
  seen(from, to, trace) {
    const found = [];
    let left = from;
    for (const cut of [...this.cuts].sort((a, b) => a.from - b.from)) {
      if (cut.from > left) found.push([left, Math.min(cut.from, to)]);
      left = Math.max(left, this.resume(cut, trace));
      if (left >= to) return found;
    }
    found.push([left, to]);
    return found;
  }

  /** When the thread's state was first seen after the cut; Infinity if not yet. */
  resume(cut, trace) {
    if (cut.resume !== Infinity) return cut.resume;
    const { at, to } = trace.events, { row, count } = this.rows;
    let low = 0, high = count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (at[row[middle]] < cut.to) low = middle + 1; else high = middle;
    }
    for (; low < count; low++) if (to[row[low]] !== NONE) return (cut.resume = at[row[low]]);
    return Infinity;
  }

  /** Position among this thread's own events of the first one that is not before row `row`. */
  position(row) {
    return lowerBound(this.rows.row, this.rows.count, row);
  }
}
