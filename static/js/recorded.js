/** Recorded traces of the scenarios, as the server keeps them for the gallery. */
import { Trace } from './core/trace.js';

const loaded = new Map();

/** @param {string} url @param {any} vocabulary @returns {Promise<Trace|null>} null where there is no recording (yet) */
export function recordedTrace(url, vocabulary) {
  if (!loaded.has(url)) loaded.set(url, load(url, vocabulary));
  return loaded.get(url);
}

async function load(url, vocabulary) {
  const answer = await fetch(url).catch(() => null);
  if (!answer?.ok) return null;
  const recording = await answer.json();
  const trace = new Trace(vocabulary);
  for (const message of messagesOf(recording)) trace.apply(message);
  return trace;
}

/** Event columns travel as plain lists here; the trace wants typed ones. */
function messagesOf(recording) {
  const messages = Array.isArray(recording) ? recording : recording.messages;
  return messages.map((message) => (message.type === 'events' ? typed(message) : message));
}

const KINDS = { at: Float64Array, obj: Uint32Array, line: Uint32Array, value: Uint32Array, note: Uint32Array, step: Uint32Array, cause: Uint32Array, thread: Uint16Array, kind: Uint8Array, to: Uint8Array, source: Uint8Array };

const typed = (message) => ({ ...message, ...Object.fromEntries(Object.entries(KINDS).map(([name, Kind]) => [name, Kind.from(message[name])])) });
