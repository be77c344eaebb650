// Who had the interpreter, and which hand-offs were forced: the old holder still wanted to run (the switch interval was over).
import { Table } from './table.js';
import { RUNNING, WAITING_GIL } from './states.js';

const SETTLE_NS = 20e6;
const UNKNOWN = 0, WANTED = 1, GAVE = 2;

/** Holder bars; the open one ends at Infinity. */
export class Gil {
  constructor() {
    this.spans = new Table({ start: Float64Array, end: Float64Array, thread: Uint16Array, seq: Uint32Array, forced: Uint8Array });
  }

  take(at, thread, seq) {
    const { spans } = this, last = spans.count - 1;
    if (last >= 0 && spans.end[last] === Infinity) {
      if (spans.thread[last] === thread) return;
      spans.end[last] = at;
    }
    const i = spans.add();
    spans.start[i] = at;
    spans.end[i] = Infinity;
    spans.thread[i] = thread;
    spans.seq[i] = seq;
  }

  drop(at) {
    const last = this.spans.count - 1;
    if (last >= 0 && this.spans.end[last] === Infinity) this.spans.end[last] = at;
  }

  /** True if bar i began by taking the GIL from a thread that was not done with it. Settled once what that thread did next is known. */
  forced(i, trace) {
    const { spans } = this;
    if (i === 0 || spans.end[i - 1] < spans.start[i] || spans.thread[i - 1] === spans.thread[i]) return false;
    if (spans.forced[i] === UNKNOWN) spans.forced[i] = this.#settle(spans.start[i], trace.lanes[spans.thread[i - 1]]);
    return spans.forced[i] === WANTED;
  }

  #settle(at, lane) {
    if (!lane) return GAVE;
    const { spans } = lane, i = lane.spanAt(at);
    if (i < 0) return GAVE;
    if (spans.state[i] === WAITING_GIL) return WANTED;
    if (spans.state[i] !== RUNNING) return GAVE;
    if (i + 1 >= spans.count) return UNKNOWN;
    return spans.state[i + 1] === WAITING_GIL && spans.start[i + 1] - at < SETTLE_NS ? WANTED : GAVE;
  }
}
