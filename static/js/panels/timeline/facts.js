// What there is to say about one span: its state, how long, on what, at which line, who woke it.
import { neverBegan } from '../../core/endings.js';
import { BLOCKED, KILLED, NONE, SLEEPING } from '../../core/states.js';
import { lowerBound } from '../../core/table.js';
import { sentenceOf } from '../../core/sentences.js';

const PLAIN = new Set(['line', 'line.seen', 'sampled', 'thread.began', '']);

/** Facts of span number `span` of `thread`; `until` is where the run is now. Null if there is no such span. */
export function factsOf(trace, thread, span, until) {
  const { spans } = trace.lane(thread);
  if (span < 0 || span >= spans.count) return null;
  const open = spans.end[span] === Infinity, from = spans.start[span], to = open ? until : spans.end[span], seq = spans.seq[span];
  const event = trace.eventAt(seq), waits = spans.state[span] === BLOCKED || spans.state[span] === SLEEPING;
  const ending = waits && event ? endOfWait(trace, thread, seq) : null, cause = ending?.cause != null ? trace.eventAt(ending.cause) : null;
  return { thread, span, seq, state: spans.state[span], from, to, open, lasted: Math.max(0, to - from), obj: spans.obj[span],
    unborn: spans.state[span] === KILLED && neverBegan(trace, thread),
    line: trace.lane(thread).lineAt(Math.max(from, Math.min(to - 1, until))) || spans.line[span],
    says: event && !PLAIN.has(event.name) ? sentenceOf(trace, seq) : [], sampled: event?.source === 1,
    endSeq: ending?.seq ?? null, woken: cause && cause.thread !== thread ? { thread: cause.thread, at: cause.at, seq: cause.seq } : null };
}

/** The event by which the wait that began with event `seq` was over, as the recorder saw it. */
function endOfWait(trace, thread, seq) {
  const { events } = trace, { row, count } = trace.eventsOf(thread);
  for (let i = trace.lane(thread).position(seq - trace.firstSeq) + 1; i < count; i++) {
    const at = row[i];
    if (events.source[at] === 0 && events.to[at] !== NONE) return trace.eventAt(at + trace.firstSeq);
  }
  return null;
}

/** Seqs of the arrows that belong to a span: the one that ended its wait, and those it sent to others. */
export function arrowsOf(trace, facts, limit = 64) {
  const picked = new Set();
  if (!facts) return picked;
  if (facts.endSeq !== null) picked.add(facts.endSeq);
  const { arrows } = trace;
  for (let i = lowerBound(arrows.t, arrows.count, facts.from); i < arrows.count && arrows.t[i] <= facts.to + 50e6 && picked.size < limit; i++) {
    if (arrows.from[i] === facts.thread && arrows.since[i] >= facts.from && arrows.since[i] <= facts.to) picked.add(arrows.seq[i]);
  }
  return picked;
}
