// Words for operations: short for a column, a predicate for cards and tables. One table, so that a new operation is a row.

/** Operation -> [short, does, followed by the name or not]. */
const WORDS = {
  'thread.begin': ['begin', 'begins', false],
  'thread.start': ['start', 'starts', true],
  'thread.join': ['join', 'joins', true],
  'thread.end': ['end', 'ends', false],
  'lock.acquire': ['lock', 'locks', true],
  'lock.release': ['unlock', 'releases', true],
  'lock.locked': ['locked?', 'looks whether it is locked:', true],
  'semaphore.acquire': ['take', 'takes a permit of', true],
  'semaphore.release': ['give', 'gives a permit back to', true],
  'condition.wait': ['wait', 'waits on', true],
  'condition.notify': ['notify', 'notifies', true],
  'event.wait': ['wait', 'waits for', true],
  'event.set': ['set', 'sets', true],
  'event.clear': ['clear', 'clears', true],
  'event.is_set': ['set?', 'looks whether it is set:', true],
  'barrier.wait': ['wait', 'comes to', true],
  'queue.put': ['put', 'puts something into', true],
  'queue.get': ['get', 'takes something from', true],
  'queue.join': ['join', 'waits until all is done in', true],
  'queue.qsize': ['size', 'looks how much is in', true],
  'time.sleep': ['sleep', 'sleeps', false],
  'clock.read': ['time', 'reads the clock', false],
  read: ['read', 'reads', true],
  write: ['write', 'writes', true],
  call: ['call', 'calls', true],
  line: ['line', 'runs', false],
  instruction: ['', 'executes', true],
  yield: ['yield', 'lets others go first', false],
};

/** What a step came to that did not get what it asked for, and one that goes on after its wait. Operation -> [short, does]. */
const IN_VAIN = {
  'lock.acquire': ['wait', 'wants'],
  'semaphore.acquire': ['wait', 'wants a permit of'],
  'queue.put': ['wait', 'waits for room in'],
  'queue.get': ['wait', 'waits for something in'],
};
const WOKEN = {
  'time.sleep': ['wake', 'wakes up'],
  'condition.wait': ['wake', 'wakes from waiting on'],
  'event.wait': ['wake', 'wakes from waiting for'],
  'barrier.wait': ['pass', 'passes'],
};

const SHOWN_VALUE = 24, PLACEHOLDER = /^<object>$|^$/;

/** A row of the tables, or words made from the operation's own name. `turn` is what `turnOf` says of the step. */
function wordsOf(kind, turn = '') {
  const special = turn === 'waits' ? IN_VAIN[kind] : turn === 'woken' ? WOKEN[kind] : undefined;
  if (special) return [...special, WORDS[kind][2]];
  if (WORDS[kind]) return WORDS[kind];
  const last = kind.split('.').at(-1).replaceAll('_', ' ');
  return [last, `does ${kind.split('.')[0]} ${last}`, true];
}

const cut = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}\u2026` : text);

/** Steps that are told by their line: a line, and an instruction of which no name is told. */
const isLine = ({ kind, name }) => kind === 'line' || (kind === 'instruction' && !name);

/** The word in a column: "lock a", "read 100", "line 12". `value` is what was read or written, if known; `turn` as `turnOf` has it. */
export function shortWord(stand, value, turn = '') {
  if (!stand) return '';
  if (isLine(stand)) return stand.line ? `line ${stand.line}` : 'line';
  if (stand.kind === 'instruction') return stand.name.split(' ')[0];
  const [short] = wordsOf(stand.kind, turn);
  if ((stand.kind === 'read' || stand.kind === 'write') && value !== undefined && value !== '') return `${short} ${cut(value, 12)}`;
  if (stand.kind === 'lock.acquire' && turn !== 'waits' && !PLACEHOLDER.test(stand.name) && stand.name !== 'lock') return `${short} ${stand.name.replace(/\.lock$/, '')}`;
  if ((stand.kind === 'read' || stand.kind === 'write') && !PLACEHOLDER.test(stand.name)) return `${short} ${stand.name.split('.').at(-1)}`;
  return short;
}

/** The bare verb, where a column is too narrow for more. */
export const verb = (stand, turn = '') => (!stand ? '' : isLine(stand) && stand.line ? String(stand.line) : (stand.kind === 'instruction' && stand.name ? stand.name.split(/[_ ]/)[0] : wordsOf(stand.kind, turn)[0] || stand.name));

/**
 * What the thread does there, as parts [{text} | {code}]: "writes `a.balance = 70`", "locks `b.lock`, which is free".
 * `after` is the value after the step (of a write), `now` the value before it (of a read); `free` says that a lock is;
 * `turn`: whether it asks in vain or goes on after a wait, as `turnOf` has it.
 */
export function doesWhat(stand, { after, now, free = false, code = '', turn = '' } = {}) {
  if (!stand) return [{ text: 'goes on' }];
  if (isLine(stand)) {
    const goes = stand.again ? 'goes on in' : 'runs';
    return code ? [{ text: `${goes} ` }, { code: cut(code, 60) }] : [{ text: stand.line ? `${goes} line ${stand.line}` : 'runs its next line' }];
  }
  const [, does, named] = wordsOf(stand.kind, turn);
  if (!named || PLACEHOLDER.test(stand.name)) return [{ text: PLACEHOLDER.test(stand.name) && named ? `${does} ${thing(stand.kind)}` : does }];
  if (stand.kind === 'write' && after !== undefined) return [{ text: 'writes ' }, { code: after === '' ? `del ${stand.name}` : `${stand.name} = ${cut(after, SHOWN_VALUE)}` }];
  if (stand.kind === 'read' && now !== undefined && now !== '') return [{ text: 'reads ' }, { code: stand.name }, { text: `, ${cut(now, SHOWN_VALUE)}` }];
  return [{ text: `${does} ` }, { code: stand.name }, ...(free ? [{ text: ', which is free' }] : [])];
}

/** What an operation without a name is about. */
const thing = (kind) => ({ lock: 'a lock', condition: 'a condition', semaphore: 'a semaphore', event: 'an event', barrier: 'a barrier', queue: 'a queue', thread: 'a thread', read: 'a value', write: 'a value', call: 'a function' })[kind.split('.')[0]] ?? 'something';

/** Parts as one string. */
export const plainly = (parts) => parts.map((part) => part.text ?? part.code).join('');
