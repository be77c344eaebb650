// The steps of a controlled run, reduced from its choices, codes and events: at cursor k (k steps are done) who may go on, where everybody
// stands, what the shared variables are worth. Pure: no DOM, no clock, no network.
import { CLOCK, NOBODY, readSchedule, writeChoices } from './run_lengths.js';
import { upperBound } from './table.js';

const ENDS = new Set(['thread.ended', 'thread.crashed']);
const AT = (list, k) => upperBound(list.at, list.at.length, k) - 1;

/** One controlled run. Row k is the choice that is open when k steps are done; its answer makes step k + 1. */
export class Steps {
  /** @param {{kinds: {id: number, name: string}[]}} vocabulary @param {string} [granularity] where the run's threads may be stopped */
  constructor(vocabulary, granularity = '') {
    this.granularity = granularity;
    this.rows = [];
    /** Whoever made each step, in order. */
    this.choices = [];
    /** The row in which nobody was chosen: who stood before what when the run was over; null while there is none. */
    this.final = null;
    this.codes = new Map();
    this.schedule = '';
    this.head = '';
    /** The step at which a given schedule did not fit any more, or -1. */
    this.leftOff = -1;
    this.names = [];
    this.variables = new Map();
    this.stands = [];
    this.over = [];
    this.last = [];
    this.ends = new Set(vocabulary.kinds.filter((kind) => ENDS.has(kind.name)).map((kind) => kind.id));
  }

  /** How many steps the run had. */
  get count() { return this.rows.length; }

  /** Takes one message of the run's log; those it knows nothing of are left alone. */
  apply(message) {
    if (message.type === 'choices') for (const row of message.choices) this.#row(row);
    else if (message.type === 'code') this.codes.set(message.code, { name: message.name, line: message.line, ops: message.ops.map(([offset, name, arg, line]) => ({ offset, name, arg, line })) });
    else if (message.type === 'events') this.#events(message);
    else if (message.type === 'end') this.#end(message);
  }

  /** Who could be chosen then. */
  readyAt(k) { return this.rows[k]?.ready ?? []; }

  /** Whether the clock could be moved instead. */
  mayTick(k) { return Boolean(this.rows[k]?.tick); }

  /** Whoever made step k + 1; NOBODY at the end. */
  chosenAt(k) { return this.rows[k]?.chosen ?? NOBODY; }

  /** Whether there was a choice: more than one could go on. */
  isChoice(k) { return this.readyAt(k).length + (this.mayTick(k) ? 1 : 0) > 1; }

  /** The next (direction 1) or previous (-1) cursor from k at which there was a choice, or -1. */
  nextChoice(k, direction) {
    for (let i = k + direction; i >= 0 && i < this.count; i += direction) if (this.isChoice(i)) return i;
    return -1;
  }

  /** The cursor from k on at which there is a choice again, or the run is over. */
  untilChoice(k) {
    while (k < this.count && !this.isChoice(k)) k++;
    return k;
  }

  /** What that thread would do next, k steps done; null before it exists. */
  standAt(thread, k) {
    const list = this.stands[thread];
    const i = list ? AT(list, k) : -1;
    return i < 0 ? null : list.stand[i];
  }

  /** Step k (from 1): {thread, stand}; thread is CLOCK where time was let pass. */
  step(k) {
    const thread = this.chosenAt(k - 1);
    return { thread, stand: thread >= 0 ? this.standAt(thread, k - 1) : null };
  }

  /** The text of a shared variable after k steps; undefined where it is not known, "" where it is gone. */
  valueAt(name, k) {
    const list = this.variables.get(name), i = list ? AT(list, k) : -1;
    return i < 0 ? undefined : list.text[i];
  }

  /** Whether step k gave that variable another value than it had. */
  changedAt(name, k) {
    const list = this.variables.get(name), i = list ? AT(list, k) : -1;
    return i > 0 && list.at[i] === k;
  }

  /** Whether that variable ever gets another value than its first. */
  changes(name) { return this.variables.get(name).at.length > 1; }

  /** Variables that two ready threads stand before at once, one of them to write: name -> thread ids. */
  racesAt(k) {
    const before = new Map();
    for (const thread of this.readyAt(k)) {
      const stand = this.standAt(thread, k);
      if (!stand?.name || (stand.kind !== 'read' && stand.kind !== 'write')) continue;
      if (!before.has(stand.name)) before.set(stand.name, { threads: [], writes: false });
      const entry = before.get(stand.name);
      entry.threads.push(thread);
      entry.writes ||= stand.kind === 'write';
    }
    return new Map([...before].filter(([, entry]) => entry.writes && entry.threads.length > 1).map(([name, entry]) => [name, entry.threads]));
  }

  /** The last step at or before k in which that thread did an operation of this kind on this name; 0 if there was none. */
  lastTime(thread, kind, name, k) {
    const { at, stand } = this.stands[thread] ?? { at: [], stand: [] };
    for (let i = at.length - 1; i >= 0; i--) {
      if (stand[i].kind !== kind || stand[i].name !== name) continue;
      const until = i + 1 < at.length ? at[i + 1] : this.count;
      for (let row = at[i]; row < Math.min(until, k); row++) if (this.rows[row].chosen === thread) return row + 1;
    }
    return 0;
  }

  /** After how many steps that thread was over; Infinity while it is not. */
  overAfter(thread) { return this.over[thread] ?? Infinity; }

  /** Time of the trace (ns) after k steps: everything they did has happened then. */
  timeOf(k) {
    for (let i = Math.min(k, this.last.length - 1); i >= 0; i--) if (this.last[i] !== undefined) return this.last[i];
    return 0;
  }

  /** How many steps are done at that time of the trace; a step counts from its first event. */
  stepOfTime(t) {
    let low = 0, high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.timeOf(middle) < t) low = middle + 1; else high = middle;
    }
    return low;
  }

  /** The choices of the first k steps. */
  choicesTo(k) { return this.choices.slice(0, k); }

  /** A schedule text: the first k steps, then `more`; "" where the run did not say how its schedules begin. */
  prefix(k, more = []) {
    return this.head ? `${this.head};${writeChoices([...this.choicesTo(k), ...more])}` : '';
  }

  #row({ step, chosen, ready, tick, stands, values }) {
    const k = step - 1;
    if (k !== this.rows.length || this.final) return;
    for (const [thread, kind, name, obj, mode, line, code, offset] of stands) {
      const list = (this.stands[thread] ??= { at: [], stand: [] });
      list.at.push(k);
      const before = list.stand.at(-1), again = kind === 'instruction' && before?.line === line && before.code === code && before.offset < offset;
      list.stand.push({ thread, kind, name: name || this.#instruction(kind, code, offset), obj, mode, line, code, offset, again });
    }
    for (const [name, text] of values) {
      if (!this.variables.has(name)) { this.variables.set(name, { at: [], text: [] }); this.names.push(name); }
      const list = this.variables.get(name);
      if (list.text.at(-1) === text) continue;
      list.at.push(step);
      list.text.push(text);
    }
    if (chosen === NOBODY) this.final = { ready, tick };
    else { this.rows.push({ chosen, ready, tick }); this.choices.push(chosen); }
  }

  /** An instruction goes by its own name where one looks at instructions; between CPython's own switch points it goes by its line. */
  #instruction(kind, code, offset) {
    if (kind !== 'instruction' || this.granularity === 'gil') return '';
    const op = this.codes.get(code)?.ops.find((each) => each.offset === offset);
    return op ? `${op.name} ${op.arg}`.trim() : '';
  }

  /** Events tell at which time a step was over, and which threads were. */
  #events({ count, step, at, kind, thread }) {
    for (let i = 0; i < count; i++) {
      if (!step[i] && this.last.length > 1) continue;
      this.last[step[i]] = at[i];
      if (this.ends.has(kind[i])) this.over[thread[i]] ??= step[i];
    }
  }

  #end(message) {
    this.schedule = message.schedule ?? '';
    this.head = readSchedule(this.schedule)?.head ?? '';
    this.leftOff = message.left_off ?? -1;
  }
}

export { CLOCK, NOBODY };
