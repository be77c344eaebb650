// Processor time per thread, as the sampler saw it from outside: every `sampled` event carries the thread's CPU milliseconds so far.
import { Table, upperBound } from './table.js';

/** Reads a trace's samples as they come; the trace only grows at its end. */
export class CpuTimes {
  constructor(trace) {
    this.trace = trace;
    this.kind = trace.kinds.findIndex((each) => each?.name === 'sampled');
    this.threads = [];
    this.read = 0;
  }

  /** CPU milliseconds of `thread` when it was last sampled before or at `t`: {at, ms}, or null if it never was. */
  at(thread, t) {
    this.#grow();
    const samples = this.threads[thread], i = samples ? upperBound(samples.at, samples.count, t) - 1 : -1;
    return i < 0 ? null : { at: samples.at[i], ms: samples.ms[i] };
  }

  #grow() {
    const { events } = this.trace;
    for (; this.read < events.count; this.read++) {
      const row = this.read;
      if (events.kind[row] !== this.kind) continue;
      const samples = (this.threads[events.thread[row]] ??= new Table({ at: Float64Array, ms: Float64Array })), i = samples.add();
      samples.at[i] = events.at[row];
      samples.ms[i] = events.value[row];
    }
  }
}
