// What comes down the socket, checked: JSON objects by type, binary event columns by their header. Anything else is a BadMessage.

const MAGIC = 0x5054, VERSION = 1, EVENTS = 1, HEADER = 40, PER_EVENT = 37, MOST = 64 * 1024;
const COLUMNS = [['at', Float64Array], ['obj', Uint32Array], ['line', Uint32Array], ['value', Uint32Array], ['note', Uint32Array], ['step', Uint32Array],
  ['cause', Uint32Array], ['thread', Uint16Array], ['kind', Uint8Array], ['to', Uint8Array], ['source', Uint8Array]];

/** A message that does not keep the contract; the connection is not to be trusted after it. */
export class BadMessage extends Error {}

/** One message from the socket: a text or an ArrayBuffer. @returns {any} an object with `type` */
export function decode(data) {
  return typeof data === 'string' ? decodeText(data) : decodeEvents(data);
}

/** Binary event columns: {type: 'events', channel, n, first_seq, count, at, obj, ...} as views on the same bytes. */
export function decodeEvents(buffer) {
  if (!(buffer instanceof ArrayBuffer) || buffer.byteLength < HEADER || buffer.byteLength > MOST) throw new BadMessage('An event message has an impossible size.');
  const head = new DataView(buffer);
  if (head.getUint16(0, true) !== MAGIC || head.getUint8(2) !== VERSION || head.getUint8(3) !== EVENTS) throw new BadMessage('A binary message is of an unknown kind or version.');
  const [channel, n, first_seq, count] = [4, 8, 12, 16].map((at) => head.getUint32(at, true)), base = head.getFloat64(24, true);
  if (buffer.byteLength !== HEADER + count * PER_EVENT) throw new BadMessage('An event message is cut off.');
  if (!Number.isFinite(base)) throw new BadMessage('An event message has an impossible time.');
  const message = { type: 'events', channel, n, first_seq, count };
  let at = HEADER;
  for (const [name, Kind] of COLUMNS) {
    message[name] = new Kind(buffer, at, count);
    at += count * Kind.BYTES_PER_ELEMENT;
  }
  if (base) message.at = message.at.map((time) => time + base);
  for (let i = 0, last = 0; i < count; i++) {
    if (!(message.at[i] >= last)) throw new BadMessage('The times of an event message fall.');
    last = message.at[i];
  }
  return message;
}

const id = (value) => Number.isInteger(value) && value >= 0;
const text = (value) => typeof value === 'string';
const flag = (value) => typeof value === 'boolean';
const time = (value) => Number.isFinite(value) && value >= 0;
const ids = (value) => Array.isArray(value) && value.every(id);
const pairs = (value) => Array.isArray(value) && value.every((pair) => Array.isArray(pair) && id(pair[0]) && text(pair[1]));
const classes = (value) => value === undefined || (Array.isArray(value) && value.every((each) => text(each?.verdict) && text(each?.choices)));
const rows = (value) => Array.isArray(value) && value.every((row) => id(row?.step) && Number.isInteger(row.chosen) && ids(row.ready) && Array.isArray(row.stands) && Array.isArray(row.values));
const ops = (value) => Array.isArray(value) && value.every((op) => Array.isArray(op) && id(op[0]) && text(op[1]));
const counts = (value) => value !== null && typeof value === 'object' && Object.values(value).every(id);

/** What each type must carry; those under LOGGED also carry the run and their number in its log. */
const PLAIN = { welcome: { version: id }, queued: { place: id }, accepted: { run: text, channel: id }, summary: { run: text, from: id, to: id },
  error: { code: text, message: text }, pong: {} };
const LOGGED = {
  hello: { python: text, gil: flag }, thread: { thread: id, name: text }, object: { obj: id, primitive: text, name: text }, text: { texts: pairs },
  output: { at_ns: time, thread: Number.isInteger, text }, gap: { from_ns: time, to_ns: time, counts, threads: ids, objects: ids },
  progress: { executions: id, seconds: time, strategy: text }, explored: { verdict: text, exhausted: flag, executions: id, seconds: time, reason: text, classes },
  finding: {}, end: { outcome: text, at_ns: time }, choices: { choices: rows }, code: { code: id, name: text, ops: ops },
};

function decodeText(data) {
  let message;
  try { message = JSON.parse(data); } catch { throw new BadMessage('A message is not JSON.'); }
  if (message === null || typeof message !== 'object' || !text(message.type)) throw new BadMessage('A message has no type.');
  const logged = LOGGED[message.type], rules = logged ?? PLAIN[message.type];
  if (!rules) return message;
  if (logged && !(text(message.run) && id(message.n))) throw new BadMessage(`A message of type ${message.type} has no place in a run.`);
  for (const [field, holds] of Object.entries(rules)) if (!holds(message[field])) throw new BadMessage(`A message of type ${message.type} has no proper ${field}.`);
  return message;
}
