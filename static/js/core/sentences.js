// Plain sentences for what happened: a kind's template with its names filled in, and a [part] left out when a name in it is not known.
import { BLOCKED, NONE, SLEEPING } from './states.js';
import { neverBegan } from './endings.js';
import { duration } from './words.js';

const PIECE = /\{(\w+)\}/g;

/** Renders `template` with `values` (name -> part, or undefined if not known) to parts [{text} | {thread} | {obj}]. */
export function render(template, values) {
  const parts = [];
  for (const [, optional, plain] of template.matchAll(/\[([^\]]*)\]|([^[\]]+)/g)) {
    if (optional === undefined) fill(plain, values, parts);
    else if ([...optional.matchAll(PIECE)].every(([, name]) => values[name] !== undefined)) fill(optional, values, parts);
  }
  return parts;
}

/** Instead of the sentence of a thread that was cut off, where it had never run. */
const NEVER_BEGAN = '{thread} never began to run[: {note}]';

/** The sentence of event `seq`: its parts, without a full stop. Empty if there is no such event. */
export function sentenceOf(trace, seq) {
  const event = trace.eventAt(seq);
  const kind = event && trace.kinds[event.kind];
  if (event?.name === 'thread.killed' && neverBegan(trace, event.thread)) return render(NEVER_BEGAN, valuesOf(trace, event));
  return kind?.sentence ? render(kind.sentence, valuesOf(trace, event)) : [];
}

/** What happened, cause before effect: the waker's sentence if there is one, then the event's own; each ends with a full stop. */
export function storyOf(trace, seq) {
  const event = trace.eventAt(seq);
  if (!event) return [];
  const cause = event.cause === null ? null : trace.eventAt(event.cause);
  const own = sentenceOf(trace, seq), named = cause && own.some((part) => part.thread === cause.thread);
  const first = cause && !named && cause.thread !== event.thread ? sentenceOf(trace, event.cause) : [];
  const parts = [];
  for (const sentence of [first, own]) if (sentence.length) parts.push(...(parts.length ? [{ text: ' ' }] : []), ...sentence, { text: '.' });
  return parts;
}

/** Parts as one string. */
export function plain(trace, parts) {
  return parts.map((part) => (part.thread !== undefined ? nameOf(trace, part.thread) : part.obj !== undefined ? objectName(trace, part.obj) : part.text)).join('');
}

export const nameOf = (trace, thread) => trace.threads[thread]?.name ?? `thread ${thread}`;
export const objectName = (trace, obj) => trace.objects.get(obj)?.name || trace.objects.get(obj)?.primitive || 'something';

/** True for events that a sentence is worth: not lines, not samples, not the GIL's hand-overs. */
export function worthSaying(trace, row) {
  let dull = dullKinds.get(trace.vocabulary);
  if (!dull) dullKinds.set(trace.vocabulary, (dull = Uint8Array.from({ length: 256 }, (_, id) => (DULL.has(trace.kinds[id]?.name) ? 1 : 0))));
  return dull[trace.events.kind[row]] === 0;
}

const dullKinds = new WeakMap();

const DULL = new Set(['none', 'line', 'line.seen', 'sampled', 'gil.taken', 'gil.dropped', 'output', undefined]);

/** The names a template may use, for one event. */
export function valuesOf(trace, event) {
  const text = (value) => ({ text: String(value) });
  const values = { thread: { thread: event.thread }, obj: event.obj ? objectPart(trace, event.obj) : { text: 'it' }, value: text(event.value) };
  if (event.line) values.line = text(event.line);
  if (event.text) values.note = text(event.text);
  const waker = wakerOf(trace, event);
  if (waker !== null) values.waker = { thread: waker };
  if (event.name === 'lock.blocked' || event.name === 'lock.refused') {
    const owner = trace.objectAt(event.obj, event.at).owner;
    if (owner !== null && owner !== event.thread) values.owner = { thread: owner };
  }
  const waited = waitedBefore(trace, event);
  if (waited !== null) values.waited = text(duration(waited));
  if (event.value) values.timeout = text(duration(event.value * 1000));
  return values;
}

/** A Thread object is spoken of as its thread. */
function objectPart(trace, obj) {
  if (trace.objects.get(obj)?.primitive !== 'Thread') return { obj };
  const thread = trace.threads.find((each) => each?.obj === obj);
  return thread ? { thread: thread.id } : { obj };
}

function wakerOf(trace, event) {
  if (event.name === 'thread.created') return event.thread === 0 ? null : trace.threads[event.thread]?.parent ?? null;
  const cause = event.cause === null ? null : trace.eventAt(event.cause);
  return cause && cause.thread !== event.thread ? cause.thread : null;
}

/** How long the wait (or sleep) lasted that this event ended, in ns; null if it ended none. */
export function waitedBefore(trace, event) {
  if (event.to === NONE || event.to === BLOCKED || event.to === SLEEPING || event.source !== 0) return null;
  const { events } = trace, { row } = trace.eventsOf(event.thread);
  for (let i = trace.lane(event.thread).position(event.seq - trace.firstSeq) - 1; i >= 0; i--) {
    const at = row[i];
    if (events.source[at] !== 0 || events.to[at] === NONE) continue;
    return events.to[at] === BLOCKED || events.to[at] === SLEEPING ? event.at - events.at[at] : null;
  }
  return null;
}

function fill(text, values, parts) {
  let last = 0;
  const add = (piece) => {
    const before = parts.at(-1);
    if (piece.text !== undefined && before?.text !== undefined) parts[parts.length - 1] = { text: before.text + piece.text };
    else parts.push(piece);
  };
  for (const found of text.matchAll(PIECE)) {
    if (found.index > last) add({ text: text.slice(last, found.index) });
    if (values[found[1]] !== undefined) add(values[found[1]]);
    last = found.index + found[0].length;
  }
  if (last < text.length) add({ text: text.slice(last) });
}
