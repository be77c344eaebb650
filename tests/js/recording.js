// Events by name, packed into the messages that the server sends. Works in node and in the browser; needs the vocabulary given.

const SHORT = { gil: 'waiting_gil' };
const NO_CAUSE = 0xffffffff;

/** Collects a run's messages; `messages` has them in order with n. */
export class Recorder {
  constructor(vocabulary, { gil = true, run = 'r1' } = {}) {
    this.states = new Map(vocabulary.states.map((state) => [state.name, state.id]));
    this.kinds = new Map(vocabulary.kinds.map((kind) => [kind.name, kind]));
    this.run = run;
    this.messages = [];
    this.rows = [];
    this.first = 0;
    this.texts = new Map();
    this.threads = 0;
    this.objects = 0;
    this.say({ type: 'hello', version: 1, python: 'CPython 3.13.0', gil, origin_ns: 0 });
  }

  say(message) {
    this.flush();
    this.messages.push({ run: this.run, n: this.messages.length, ...message });
    return this;
  }

  thread(name, { parent = 0, daemon = false } = {}) {
    const obj = this.object('Thread', name);
    this.say({ type: 'thread', thread: this.threads, obj, name, daemon, tid: 100 + this.threads, parent, line: 1 });
    return this.threads++;
  }

  object(primitive, name, capacity = 0) {
    this.say({ type: 'object', obj: ++this.objects, primitive, name, detail: '', line: 3, capacity });
    return this.objects;
  }

  text(words) {
    if (!words) return 0;
    if (!this.texts.has(words)) {
      this.texts.set(words, this.texts.size + 1);
      this.say({ type: 'text', texts: [[this.texts.size, words]] });
    }
    return this.texts.get(words);
  }

  /** One event; returns its seq. `to` defaults to the kind's own state. */
  at(ms, kind, thread, { obj = 0, line = 0, value = 0, note = '', cause = NO_CAUSE, to, source = 0 } = {}) {
    const row = this.kinds.get(kind);
    if (!row) throw new Error(`unknown kind ${kind}`);
    const text = this.text(note);
    this.rows.push([Math.round(ms * 1e6), obj, line, value, text, 0, cause, thread, row.id, this.states.get(to === undefined ? row.to ?? 'none' : SHORT[to] ?? to), source]);
    return this.first + this.rows.length - 1;
  }

  flush() {
    if (!this.rows?.length) return;
    const { rows } = this, column = (i, Kind) => Kind.from(rows, (row) => row[i]);
    this.rows = [];
    this.messages.push({ run: this.run, n: this.messages.length, type: 'events', channel: 7, first_seq: this.first, count: rows.length, at: column(0, Float64Array), obj: column(1, Uint32Array), line: column(2, Uint32Array),
      value: column(3, Uint32Array), note: column(4, Uint32Array), step: column(5, Uint32Array), cause: column(6, Uint32Array), thread: column(7, Uint16Array), kind: column(8, Uint8Array), to: column(9, Uint8Array), source: column(10, Uint8Array) });
    this.first += rows.length;
  }

  end(ms, { outcome = 'ok', sentence = '', perturbed = 0 } = {}) {
    return this.say({ type: 'end', outcome, exit_code: outcome === 'ok' ? 0 : 1, sentence, at_ns: Math.round(ms * 1e6), events: this.first, perturbed });
  }

  /** Feeds everything so far to a Trace. */
  into(trace) {
    this.flush();
    for (const message of this.messages) trace.apply(message);
    return trace;
  }
}

/** The bytes of an events message, as the server packs them. */
export function pack(message) {
  const buffer = new ArrayBuffer(40 + message.count * 37), head = new DataView(buffer);
  head.setUint16(0, 0x5054, true);
  head.setUint8(2, 1);
  head.setUint8(3, 1);
  [message.channel, message.n, message.first_seq, message.count].forEach((value, i) => head.setUint32(4 + 4 * i, value, true));
  let at = 40;
  for (const name of ['at', 'obj', 'line', 'value', 'note', 'step', 'cause', 'thread', 'kind', 'to', 'source']) {
    const bytes = new Uint8Array(message[name].buffer, message[name].byteOffset, message[name].byteLength);
    new Uint8Array(buffer, at).set(bytes);
    at += bytes.length;
  }
  return buffer;
}
