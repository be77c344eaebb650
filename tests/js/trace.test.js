// The reducer: every family of events, asked at any moment.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { neverBegan } from '../../static/js/core/endings.js';
import { plain, sentenceOf } from '../../static/js/core/sentences.js';
import { Trace } from '../../static/js/core/trace.js';
import { BLOCKED, CRASHED, RUNNING, SLEEPING, WAITING_GIL } from '../../static/js/core/states.js';
import { Recorder, vocabulary } from './recorder.js';
import { bakery } from './bakery.js';

const MS = 1e6;
const trace = () => new Trace(vocabulary);
const two = (options) => { const r = new Recorder(vocabulary, options); return { r, main: r.thread('main'), a: r.thread('Baker-1'), b: r.thread('Baker-2') }; };

test('a lock knows its owner and its waiters in order of arrival', () => {
  const { r, main, a, b } = two(), lock = r.object('Lock', 'till');
  r.at(1, 'lock.acquired', main, { obj: lock, value: 1 });
  r.at(2, 'lock.blocked', b, { obj: lock });
  r.at(3, 'lock.blocked', a, { obj: lock });
  const let1 = r.at(4, 'lock.released', main, { obj: lock });
  r.at(5, 'lock.acquired', b, { obj: lock, value: 1, cause: let1 });
  const t = r.into(trace());
  assert.deepEqual([t.objectAt(lock, 0).owner, t.objectAt(lock, 1.5 * MS).owner, t.objectAt(lock, 4.5 * MS).owner, t.objectAt(lock, 6 * MS).owner], [null, main, null, b]);
  assert.deepEqual(t.objectAt(lock, 3.5 * MS).waiters, [b, a]);
  assert.deepEqual(t.objectAt(lock, 5 * MS).waiters, [a]);
  assert.equal(t.holders(lock).count, 2);
});

test('an RLock stays held until its depth is back at nothing', () => {
  const { r, a } = two(), lock = r.object('RLock', 'again');
  for (const [ms, kind, value] of [[1, 'lock.acquired', 1], [2, 'lock.acquired', 2], [3, 'lock.released', 1], [4, 'lock.released', 0]]) r.at(ms, kind, a, { obj: lock, value });
  const t = r.into(trace());
  assert.equal(t.objectAt(lock, 3.5 * MS).owner, a);
  assert.equal(t.objectAt(lock, 4 * MS).owner, null);
});

const moves = (primitive, puts, gets) => {
  const { r, a } = two(), queue = r.object(primitive, 'shelf', 9);
  puts.forEach((note, i) => r.at(1 + i, 'queue.put', a, { obj: queue, value: i + 1, note }));
  gets.forEach((note, i) => r.at(11 + i, 'queue.got', a, { obj: queue, value: puts.length - i - 1, note }));
  return { t: r.into(trace()), queue };
};

test('a Queue gives first in first out, next out first', () => {
  const { t, queue } = moves('Queue', ['a', 'b', 'c'], ['a']);
  assert.deepEqual(t.objectAt(queue, 5 * MS).items, ['a', 'b', 'c']);
  assert.deepEqual(t.objectAt(queue, 12 * MS).items, ['b', 'c']);
  assert.deepEqual(t.objectAt(queue, 0).items, []);
});

test('a LifoQueue gives the last first', () => {
  const { t, queue } = moves('LifoQueue', ['a', 'b', 'c'], ['c', 'b']);
  assert.deepEqual(t.objectAt(queue, 5 * MS).items, ['c', 'b', 'a']);
  assert.deepEqual(t.objectAt(queue, 13 * MS).items, ['a']);
});

test('a PriorityQueue gives the least first, by number and not by letters', () => {
  const { t, queue } = moves('PriorityQueue', ['10', '9', '(2, x)'], ['(2, x)']);
  assert.deepEqual(t.objectAt(queue, 5 * MS).items, ['(2, x)', '9', '10']);
  assert.deepEqual(t.objectAt(queue, 12 * MS).items, ['9', '10']);
});

test('queue contents are right at any time of a long history', () => {
  const { r, a } = two(), queue = r.object('Queue', 'long'), held = [], seen = [];
  for (let i = 0, put = 0; i < 2000; i++) {
    if (held.length < 3 || (i * 7) % 5 < 2) { held.push(`x${put}`); r.at(i, 'queue.put', a, { obj: queue, value: held.length, note: `x${put++}` }); } else r.at(i, 'queue.got', a, { obj: queue, note: held.shift(), value: held.length });
    seen.push([...held]);
  }
  const t = r.into(trace());
  for (const i of [0, 1, 127, 128, 129, 700, 1023, 1999]) assert.deepEqual(t.objectAt(queue, i * MS).items, seen[i], `step ${i}`);
});

test('after lost queue events the contents are unknown until it is seen empty', () => {
  const { r, a } = two(), queue = r.object('Queue', 'shelf');
  r.at(1, 'queue.put', a, { obj: queue, value: 1, note: 'a' });
  r.say({ type: 'gap', from_ns: 2 * MS, to_ns: 3 * MS, counts: { queue: 5 }, threads: [], objects: [queue], reason: 'budget' });
  r.at(4, 'queue.put', a, { obj: queue, value: 3, note: 'q' });
  r.at(5, 'queue.got', a, { obj: queue, value: 0 });
  r.at(6, 'queue.put', a, { obj: queue, value: 1, note: 'z' });
  const t = r.into(trace());
  assert.deepEqual(t.objectAt(queue, 1.5 * MS).items, ['a']);
  assert.equal(t.objectAt(queue, 2.5 * MS).known, false);
  assert.equal(t.objectAt(queue, 4 * MS).items, null);
  assert.deepEqual(t.objectAt(queue, 6 * MS).items, ['z']);
});

test('semaphore, barrier and event have their numbers', () => {
  const { r, a, b } = two(), permits = r.object('Semaphore', 'permits', 2), gate = r.object('Barrier', 'gate', 2), flag = r.object('Event', 'go');
  r.at(1, 'semaphore.acquired', a, { obj: permits, value: 1 });
  r.at(2, 'barrier.waiting', a, { obj: gate, value: 1 });
  r.at(3, 'event.set', b, { obj: flag });
  r.at(4, 'barrier.tripped', b, { obj: gate, value: 2 });
  r.at(5, 'event.cleared', b, { obj: flag });
  const t = r.into(trace());
  assert.deepEqual([t.objectAt(permits, 0).value, t.objectAt(permits, 1 * MS).value], [2, 1]);
  assert.deepEqual([t.objectAt(gate, 3 * MS).value, t.objectAt(gate, 3 * MS).waiters, t.objectAt(gate, 4 * MS).value], [1, [a], 0]);
  assert.deepEqual([0, 3, 5].map((ms) => t.objectAt(flag, ms * MS).value), [0, 1, 0]);
});

test('a condition lets go of its own lock while it waits', () => {
  const { r, main, a } = two(), closed = r.object('Condition', 'closed');
  r.at(1, 'lock.acquired', main, { obj: closed, value: 1 });
  r.at(2, 'condition.waiting', main, { obj: closed });
  r.at(3, 'lock.acquired', a, { obj: closed, value: 1 });
  const cause = r.at(4, 'condition.notified', a, { obj: closed, value: 1 });
  r.at(5, 'lock.released', a, { obj: closed, value: 0 });
  r.at(6, 'condition.woken', main, { obj: closed, cause });
  const t = r.into(trace());
  assert.deepEqual([1, 2, 3, 5, 6].map((ms) => t.objectAt(closed, ms * MS).owner), [main, null, a, null, main]);
  assert.deepEqual(t.objectAt(closed, 3 * MS).waiters, [main]);
});

test('an arrow leads from the waker to the end of the wait', () => {
  const { r, a, b } = two(), lock = r.object('Lock', 'till');
  r.at(1, 'lock.acquired', a, { obj: lock, value: 1 });
  r.at(2, 'lock.blocked', b, { obj: lock });
  const cause = r.at(4, 'lock.released', a, { obj: lock });
  r.at(4.5, 'sampled', b, { to: 'gil', source: 1 });
  const woken = r.at(9, 'lock.acquired', b, { obj: lock, value: 1, cause }), t = r.into(trace());
  assert.equal(t.arrows.count, 1);
  assert.deepEqual([t.arrows.from[0], t.arrows.to[0], t.arrows.since[0], t.arrows.t[0], t.arrows.seq[0]], [a, b, 4 * MS, 4.5 * MS, woken]);
});

test('spans touch, lines do not cut them, samples refine them', () => {
  const { r, a } = two();
  r.at(1, 'thread.began', a, { line: 1 });
  for (let i = 2; i < 9; i++) r.at(i, 'line', a, { line: i });
  r.at(9, 'sampled', a, { to: 'gil', source: 1 });
  r.at(11, 'line', a, { line: 20 });
  r.at(12, 'sleep.began', a, { line: 21 });
  r.at(13, 'thread.crashed', a, { line: 22 });
  const t = r.into(trace()), spans = t.spans(a);
  assert.deepEqual(Array.from(spans.state.subarray(0, spans.count)), [RUNNING, WAITING_GIL, RUNNING, SLEEPING, CRASHED]);
  for (let i = 1; i < spans.count; i++) assert.equal(spans.start[i], spans.end[i - 1]);
  assert.equal(spans.end[spans.count - 1], Infinity);
  assert.deepEqual([t.stateAt(a, 5.5 * MS).line, t.stateAt(a, 5.5 * MS).state, t.stateAt(a, 0.5 * MS).state], [5, RUNNING, 0]);
});

test('no state is known in a gap that covers the thread, nor after it until the thread was seen again', () => {
  const { r, a, b } = two();
  for (const thread of [a, b]) r.at(1, 'thread.began', thread);
  r.say({ type: 'gap', from_ns: 5 * MS, to_ns: 8 * MS, counts: {}, threads: [a], objects: [], reason: 'lost' });
  r.at(10, 'sampled', a, { to: 'running', source: 1 });
  const t = r.into(trace());
  assert.deepEqual([4, 6, 9, 10].map((ms) => t.stateAt(a, ms * MS).state), [RUNNING, 0, 0, RUNNING]);
  assert.equal(t.stateAt(a, 11 * MS).since, 10 * MS);
  assert.equal(t.stateAt(b, 6 * MS).state, RUNNING);
});

test('after a gap an object has no owner and no value until something is told of it', () => {
  const { r, a, b } = two(), lock = r.object('Lock', 'till');
  r.at(1, 'lock.acquired', a, { obj: lock, value: 1 });
  r.say({ type: 'gap', from_ns: 2 * MS, to_ns: 5 * MS, counts: { lock: 9 }, threads: [], objects: [lock], reason: 'budget' });
  r.at(6, 'lock.blocked', b, { obj: lock });
  r.at(8, 'lock.acquired', b, { obj: lock, value: 1 });
  const t = r.into(trace());
  assert.deepEqual([1, 3, 6, 7, 8].map((ms) => t.objectAt(lock, ms * MS).owner), [a, null, null, null, b]);
  assert.deepEqual([1, 3, 6, 7, 8].map((ms) => t.objectAt(lock, ms * MS).known), [true, false, false, false, true]);
});

test('what was seen of a lane lies outside its gaps, up to where it was seen again', () => {
  const { r, a } = two();
  r.at(1, 'thread.began', a);
  for (const from of [3, 4, 12]) r.say({ type: 'gap', from_ns: from * MS, to_ns: (from + 2) * MS, counts: {}, threads: [], objects: [], reason: 'lost' });
  r.at(9, 'sampled', a, { to: 'running', source: 1 });
  const t = r.into(trace());
  assert.deepEqual(t.lane(a).seen(0, 20 * MS, t), [[0, 3 * MS], [9 * MS, 12 * MS]]);
  assert.deepEqual(t.lane(a).seen(5 * MS, 11 * MS, t), [[9 * MS, 11 * MS]]);
});

test('a thread whose start failed never began, and is told so', () => {
  const { r, a, b } = two();
  r.at(1, 'thread.created', a);
  const failed = r.at(1, 'thread.killed', a, { note: "can't start new thread" });
  r.at(1, 'thread.began', b);
  const cut = r.at(3, 'thread.killed', b), t = r.into(trace());
  assert.deepEqual([neverBegan(t, a), neverBegan(t, b)], [true, false]);
  assert.match(plain(t, sentenceOf(t, failed)), /never began to run: can't start new thread$/);
  assert.match(plain(t, sentenceOf(t, cut)), /was cut off/);
});

test('a gap of lines alone cuts nothing', () => {
  const { r, a } = two();
  r.at(1, 'thread.began', a);
  r.say({ type: 'gap', from_ns: 2 * MS, to_ns: 5 * MS, counts: { line: 1204 }, threads: [], objects: [], reason: 'hot' });
  assert.equal(r.into(trace()).stateAt(a, 3 * MS).state, RUNNING);
});

test('a hand-off is forced when the old holder still wanted to run', () => {
  const { r, a, b } = two(), take = (ms, thread) => r.at(ms, 'gil.taken', thread, { source: 1 }), lock = r.object('Lock', 'x');
  r.at(0, 'thread.began', a);
  r.at(0, 'sampled', b, { to: 'gil', source: 1 });
  take(0, a);
  take(5, b);
  r.at(5.2, 'sampled', a, { to: 'gil', source: 1 });
  r.at(5.2, 'sampled', b, { to: 'running', source: 1 });
  r.at(8, 'lock.blocked', b, { obj: lock });
  r.at(8, 'gil.dropped', b, { source: 1 });
  take(8, a);
  const t = r.into(trace());
  assert.deepEqual([0, 1, 2].map((i) => t.holder.forced(i, t)), [false, true, false]);
});

test('a deadlock finding marks the fatal waits of its threads', () => {
  const { r, a, b } = two(), lock = r.object('Lock', 'x');
  r.at(1, 'lock.blocked', a, { obj: lock });
  r.at(2, 'lock.blocked', b, { obj: lock });
  r.say({ type: 'finding', at_ns: 9 * MS, kind: 'deadlock', title: '', story: [], threads: [a, b], objects: [lock], steps: [], fix: '', certain: true });
  assert.deepEqual(r.into(trace()).deadlocked().map(({ thread, from }) => [thread, from]), [[a, 1 * MS], [b, 2 * MS]]);
});

test('the state at every event of a run equals a naive replay', () => {
  const r = bakery(vocabulary, { end: true }), t = r.into(trace()), states = new Map();
  for (let row = 0; row < t.count; row++) {
    const { at, to, thread } = t.events;
    if (to[row]) states.set(thread[row], to[row]);
    if (row + 1 < t.count && at[row + 1] === at[row]) continue;
    for (const [id, state] of states) assert.equal(t.stateAt(id, at[row]).state, state, `thread ${id} at ${at[row]}`);
  }
  assert.equal(t.stateAt(0, 100 * MS).state, BLOCKED);
});

test('cutting the messages elsewhere changes nothing', () => {
  const whole = bakery(vocabulary, { end: true }), a = whole.into(trace()), b = trace();
  for (const message of whole.messages) {
    if (message.type !== 'events') { b.apply(message); continue; }
    for (let i = 0; i < message.count; i++) b.apply({ ...message, first_seq: message.first_seq + i, count: 1, ...Object.fromEntries(['at', 'obj', 'line', 'value', 'note', 'step', 'cause', 'thread', 'kind', 'to', 'source'].map((name) => [name, message[name].slice(i, i + 1)])) });
  }
  for (const { id } of a.threads) assert.deepEqual(Array.from(b.spans(id).start.subarray(0, b.spans(id).count)), Array.from(a.spans(id).start.subarray(0, a.spans(id).count)));
  assert.equal(b.arrows.count, a.arrows.count);
});
