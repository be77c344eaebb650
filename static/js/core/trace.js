// The trace: every message of a run, reduced to what can be asked about any moment. Pure: no DOM, no clock, no network.
import { Table, upperBound } from './table.js';
import { BLOCKED, LETS_GO, NONE, RUNNING } from './states.js';
import { EFFECTS } from './effects.js';
import { Gil } from './gil.js';
import { Lane } from './lane.js';
import { ObjectLog, valueAt } from './object_log.js';
import { RangePyramid } from './pyramid.js';
import { LOST } from './queue_items.js';
import { cutsLane, marksObject } from './gaps.js';
import { identityFor, tagFor } from './tags.js';

export const NO_CAUSE = 0xffffffff;
/** From this factor on the page says that recording slowed the run (`perturbed` of the end: recording's share of the CPU time). */
const SLOWED = 1.2;
const EVENTS = { at: Float64Array, obj: Uint32Array, line: Uint32Array, value: Uint32Array, note: Uint32Array, step: Uint32Array,
  cause: Uint32Array, thread: Uint16Array, kind: Uint8Array, to: Uint8Array, source: Uint8Array };
const COLUMNS = Object.keys(EVENTS);
const ARROWS = { t: Float64Array, since: Float64Array, from: Uint16Array, to: Uint16Array, obj: Uint32Array, seq: Uint32Array };

/** One run. `apply` takes its messages in order, each once; the rest only asks. Times are ns since the program's start. */
export class Trace {
  /** @param {{kinds: {id: number, name: string, sentence: string}[], primitives: {name: string, shape: string, icon: string}[]}} vocabulary */
  constructor(vocabulary) {
    this.vocabulary = vocabulary;
    this.kinds = [];
    this.kindId = new Map();
    for (const kind of vocabulary.kinds) { this.kinds[kind.id] = kind; this.kindId.set(kind.name, kind.id); }
    this.effects = this.kinds.map((kind) => EFFECTS[kind?.name] ?? null);
    this.primitives = new Map(vocabulary.primitives.map((each) => [each.name, each]));
    this.threads = [];
    this.lanes = [];
    this.objects = new Map();
    this.logs = new Map();
    this.shown = [];
    this.texts = new Map();
    this.gil = true;
    this.python = '';
    this.until = 0;
    this.ended = null;
    this.findings = [];
    this.gaps = [];
    this.outputs = [];
    this.perturbed = [];
    this.events = new Table(EVENTS, 1024);
    this.firstSeq = 0;
    this.arrows = new Table(ARROWS);
    this.running = new Table({ at: Float64Array, value: Float64Array });
    this.runningRange = new RangePyramid(this.running);
    this.holder = new Gil();
    /** By kind: whether the thread itself tells it. On a GIL build it had the GIL at that moment, and gives it up where it waits or ends. */
    this.own = Uint8Array.from(this.kinds, (each) => (each?.own ? 1 : 0));
    this.version = 0;
    this.seen = 0;
    this.tags = new Set();
    this.ids = { taken: this.kindId.get('gil.taken'), dropped: this.kindId.get('gil.dropped'), began: this.kindId.get('thread.began') };
  }

  /** Events so far. */
  get count() { return this.events.count; }

  /** Who had the GIL when: {count, start[], end[], thread[]}. */
  get gilSpans() { return this.holder.spans; }

  /** Takes one decoded message of the run's log; unknown types are left alone. */
  apply(message) {
    this.version++;
    APPLY[message.type]?.call(this, message);
  }

  spans(thread) { return this.lane(thread).spans; }

  /** {state, line, obj, since, seq, span, known} of that thread then; state 0 where nobody knows. */
  stateAt(thread, t) {
    const lane = this.lanes[thread], span = lane ? lane.spanAt(t) : -1;
    if (span < 0) return { state: NONE, line: 0, obj: 0, since: 0, seq: 0, span: -1, known: false };
    const { spans } = lane;
    const line = lane.lineAt(t);
    if (lane.cuts.length && lane.cutAt(t, this)) return { state: NONE, line, obj: 0, since: lane.cutAt(t, this).from, seq: 0, span: -1, known: false };
    const resumed = lane.cuts.reduce((latest, cut) => { const at = lane.resume(cut, this); return at <= t ? Math.max(latest, at) : latest; }, 0);
    return { state: spans.state[span], line, obj: spans.obj[span], since: Math.max(spans.start[span], resumed), seq: spans.seq[span], span, known: true };
  }

  /** {owner, waiters (in order of arrival), waits, value, items (next out first) or null, shut, known} of that object then; no owner and no value where not known. */
  objectAt(obj, t) {
    const info = this.objects.get(obj), log = this.logs.get(obj);
    if (!info || !log) return { owner: null, waiters: [], waits: [], value: null, items: null, shut: false, known: false };
    const waits = log.waitsAt(t), items = log.items ? log.items.at(t, this.texts) : null;
    const value = valueAt(log.levels, t) ?? (/Semaphore$/.test(info.primitive) ? info.capacity : info.shape === 'level' || info.primitive === 'Event' || info.primitive === 'Barrier' ? 0 : null);
    const known = log.knownAt(t);
    return { owner: known ? log.ownerAt(t) : null, waiters: waits.map((wait) => wait.thread), waits, value: known ? value : null, shut: t >= log.shutAt, known,
      items: known && items ? items.map((note) => this.texts.get(note) ?? '') : null };
  }

  holders(obj) { return this.logs.get(obj)?.holders ?? EMPTY; }

  waits(obj) { return this.logs.get(obj)?.waits ?? EMPTY; }

  levels(obj) { return this.logs.get(obj)?.levels ?? EMPTY; }

  /** The row of event `seq` as an object, or null. */
  eventAt(seq) {
    const row = seq - this.firstSeq, { events } = this;
    if (!(row >= 0 && row < events.count)) return null;
    const event = { seq, name: this.kinds[events.kind[row]]?.name ?? '', text: this.texts.get(events.note[row]) ?? '' };
    for (const column of COLUMNS) event[column] = events[column][row];
    event.cause = event.cause === NO_CAUSE ? null : event.cause;
    return event;
  }

  /** Rows of that thread's events, rising: {count, row[]}; row + firstSeq is the seq. */
  eventsOf(thread) { return this.lane(thread).rows; }

  /** The number of the last event that is not after t, or -1. */
  rowAt(t) { return upperBound(this.events.at, this.events.count, t) - 1; }

  lane(thread) {
    return (this.lanes[thread] ??= new Lane());
  }

  /** The object's history, made on first use. */
  log(obj) {
    let log = this.logs.get(obj);
    if (log) return log;
    this.logs.set(obj, (log = new ObjectLog(this.objects.get(obj) ?? { primitive: '' })));
    for (const gap of this.gaps) if (marksObject(gap, obj)) log.cut(gap);
    return log;
  }

  /** Threads of deadlock findings with the time their fatal wait began: [{thread, from}]. */
  deadlocked() {
    const found = [];
    for (const finding of this.findings) {
      if (finding.kind !== 'deadlock') continue;
      for (const thread of finding.threads) {
        const lane = this.lanes[thread];
        if (!lane) continue;
        let span = lane.spanAt(finding.at_ns ?? this.until);
        while (span > 0 && lane.spans.state[span] !== BLOCKED) span--;
        if (span >= 0 && lane.spans.state[span] === BLOCKED) found.push({ thread, from: lane.spans.start[span], to: lane.spans.end[span], finding });
      }
    }
    return found;
  }

  #events(message) {
    const { events } = this, { count } = message, first = events.count;
    if (!count) return;
    if (first === 0) this.firstSeq = message.first_seq;
    events.reserve(first + count);
    for (const column of COLUMNS) events[column].set(message[column].subarray(0, count), first);
    events.count += count;
    for (let row = first; row < first + count; row++) this.#event(row);
  }

  #event(row) {
    const { events } = this, thread = events.thread[row], kind = events.kind[row], to = events.to[row], obj = events.obj[row];
    const lane = this.lane(thread), seq = row + this.firstSeq;
    let at = events.at[row];
    if (at > this.until) this.until = at;
    lane.rows.row[lane.rows.add()] = row;
    if (events.line[row]) lane.reach(at, events.line[row]);
    if (kind === this.ids.taken) { this.holder.take(at, thread, seq); return; }
    if (kind === this.ids.dropped) { this.holder.drop(at); return; }
    if (this.gil && this.own[kind]) {
      if (LETS_GO[to]) this.holder.drop(at);
      else this.holder.take(at, thread, seq);
    }
    if (to !== NONE) this.#wait(lane, row, to, obj, at, thread, seq);
    const effect = this.effects[kind];
    if (obj && (effect || this.objects.get(obj)?.shape === 'waiters')) this.log(obj).tell(at);
    if (effect && obj) effect(this.#touch(obj), { seq, at, thread, obj, value: events.value[row], note: events.note[row] }, lane);
    if (events.cause[row] !== NO_CAUSE) this.#arrow(row, thread, obj, at, seq, lane, kind);
    if (to !== NONE) {
      const before = lane.state;
      this.seen |= 1 << to;
      lane.change(at, to, obj, seq);
      if ((before === RUNNING) !== (lane.state === RUNNING)) this.#runs(at, lane.state === RUNNING ? 1 : -1);
    }
  }

  /** Keeps each object's line of waiters; only the recorder knows what a thread waits for. */
  #wait(lane, row, to, obj, at, thread, seq) {
    if (this.events.source[row] !== 0) return;
    const waits = to === BLOCKED && obj ? obj : 0;
    if (lane.waitingOn && lane.waitingOn !== waits) { this.log(lane.waitingOn).endWait(at, thread); lane.waitingOn = 0; }
    if (waits && !lane.waitingOn) { this.#touch(waits).beginWait(at, thread, seq); lane.waitingOn = waits; }
  }

  #touch(obj) {
    const log = this.log(obj);
    if (!log.used) {
      log.used = true;
      const shape = this.objects.get(obj)?.shape ?? 'none';
      if (shape !== 'none') this.shown.push(obj);
    }
    return log;
  }

  /** From the waker's event to the moment the woken thread's wait was over. */
  #arrow(row, thread, obj, at, seq, lane, kind) {
    const cause = this.events.cause[row] - this.firstSeq;
    if (!(cause >= 0 && cause < row)) return;
    let from = this.events.thread[cause];
    if (from === thread && kind === this.ids.began) from = this.threads[thread]?.parent ?? thread;
    if (from === thread) return;
    const since = this.events.at[cause], { spans } = lane;
    let over = at;
    for (let i = spans.count - 1; i >= 0 && spans.end[i] >= since; i--) if (spans.state[i] === BLOCKED) { over = Math.min(at, spans.end[i]); break; }
    const i = this.arrows.add(), { arrows } = this;
    arrows.t[i] = i > 0 ? Math.max(arrows.t[i - 1], over) : over;
    arrows.since[i] = since;
    arrows.from[i] = from;
    arrows.to[i] = thread;
    arrows.obj[i] = obj;
    arrows.seq[i] = seq;
  }

  #runs(at, change) {
    const { running } = this, last = running.count - 1, value = (last < 0 ? 0 : running.value[last]) + change;
    const i = last >= 0 && running.at[last] >= at ? last : running.add();
    if (i !== last) running.at[i] = at;
    running.value[i] = value;
  }

  static APPLY = {
    hello(m) { this.gil = m.gil; this.python = m.python; },
    thread(m) {
      const lane = this.lane(m.thread);
      this.threads[m.thread] = { id: m.thread, name: m.name, tag: tagFor(m.name, m.thread, this.tags), identity: identityFor(m.thread), daemon: m.daemon,
        obj: m.obj, parent: m.parent, line: m.line };
      lane.cuts = this.gaps.filter((gap) => cutsLane(gap, m.thread)).map(cutOf);
    },
    object(m) {
      const row = this.primitives.get(m.primitive);
      this.objects.set(m.obj, { id: m.obj, primitive: m.primitive, name: m.name, detail: m.detail, line: m.line, capacity: m.capacity,
        shape: row?.shape ?? 'none', icon: row?.icon ?? 'lanes' });
    },
    text(m) { for (const [id, text] of m.texts) this.texts.set(id, text); },
    events(m) { this.#events(m); },
    output(m) { this.outputs.push(m); this.until = Math.max(this.until, m.at_ns); },
    gap(m) {
      this.gaps.push(m);
      this.lanes.forEach((lane, thread) => { if (cutsLane(m, thread)) lane.cuts.push(cutOf(m)); });
      for (const [obj, log] of this.logs) {
        if (!marksObject(m, obj)) continue;
        log.cut(m);
        log.items?.take(m.from_ns, LOST, 0, 1);
      }
    },
    finding(m) { this.findings.push({ ...m, ...(m.finding ?? {}) }); },
    end(m) {
      this.ended = m;
      this.until = Math.max(this.until, m.at_ns);
      this.holder.drop(this.until);
      const slowed = 1 / (1 - Math.min(0.99, m.perturbed ?? 0));
      if (slowed > SLOWED) this.perturbed.push({ from_ns: 0, to_ns: this.until, factor: slowed });
    },
  };
}

const APPLY = Trace.APPLY;
const EMPTY = Object.freeze({ count: 0, start: new Float64Array(0), end: new Float64Array(0), thread: new Uint16Array(0), at: new Float64Array(0), value: new Float64Array(0) });
const cutOf = (gap) => ({ from: gap.from_ns, to: gap.to_ns, resume: Infinity, gap });
