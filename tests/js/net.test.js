// The connection, with a socket and a clock made of code: whatever is cut, no message is lost or doubled.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { digestOf } from '../../static/js/core/digest.js';
import { createStore, initialState } from '../../static/js/core/store.js';
import { Trace } from '../../static/js/core/trace.js';
import { followRun } from '../../static/js/net/live.js';
import { Log } from '../../static/js/net/log.js';
import { BadMessage, decode, decodeEvents } from '../../static/js/net/messages.js';
import { backoff, createNet } from '../../static/js/net/socket.js';
import { bakery } from './bakery.js';
import { pack } from './recording.js';
import { vocabulary } from './recorder.js';

const chance = (seed) => () => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 4294967296;

/** A server with one run's log, a socket that can be cut anywhere, and timers that fire when asked. */
function world(messages, random) {
  const sockets = [], timers = [], asked = [];
  class Socket {
    constructor() { this.readyState = 0; this.position = null; sockets.push(this); timers.push({ run: () => { if (!this.dead) { this.readyState = 1; this.onopen(); } } }); }
    send(text) {
      const wish = JSON.parse(text);
      asked.push(wish);
      if (wish.do === 'run') { this.tell({ type: 'accepted', run: 'r1', channel: 7 }); this.position = 0; }
      if (wish.do === 'resume') this.position = wish.from;
      if (wish.do === 'fetch') for (let n = wish.from; n < wish.to; n++) this.give(n);
    }
    tell(message) { if (!this.dead) this.onmessage({ data: JSON.stringify(message) }); }
    give(n) { const m = messages[n]; if (!this.dead) this.onmessage({ data: m.type === 'events' ? pack({ ...m, n }) : JSON.stringify({ ...m, n }) }); }
    cut() { if (this.dead) return; this.dead = true; this.readyState = 3; this.onclose({}); }
    close() { this.cut(); }
  }
  const net = createNet({ url: 'ws://x/live', WebSocket: Socket, random, setTimeout: (run, ms) => { const timer = { run, ms }; timers.push(timer); return timer; }, clearTimeout: (timer) => { if (timer) timer.run = () => {}; } });
  const fire = () => { const due = timers.splice(0).filter((timer) => (timer.ms ?? 0) < 15_000); due.forEach((timer) => timer.run()); };
  return { net, fire, asked, socket: () => sockets.at(-1) };
}

test('cut at random, with skips and doubles, the trace is whole: same digest', () => {
  const r = bakery(vocabulary, { end: true }), whole = digestOf(r.into(new Trace(vocabulary)));
  for (let seed = 1; seed <= 60; seed++) {
    const random = chance(seed), { net, fire, socket } = world(r.messages, random), trace = new Trace(vocabulary), numbers = [];
    net.on('message', (message) => { numbers.push(message.n); trace.apply(message); });
    net.run({ source: '' });
    fire();
    for (let guard = 0; net.received < r.messages.length && guard < 5000; guard++) {
      const s = socket();
      if (s.dead || s.position === null) { fire(); continue; }
      const dice = random();
      if (dice < 0.05) s.cut();
      else if (dice < 0.1 && s.position > 2) s.give(Math.floor(random() * s.position));
      else if (dice < 0.16 && s.position + 5 < r.messages.length) { const to = s.position + 5; s.tell({ type: 'summary', run: 'r1', from: s.position, to, threads: [], at_ns: 0 }); s.position = to; } else if (s.position < r.messages.length) s.give(s.position++);
      else s.cut();
    }
    assert.deepEqual(numbers, r.messages.map((_, n) => n), `seed ${seed}`);
    assert.equal(digestOf(trace), whole);
    net.close();
  }
});

test('after the last message nothing is asked for any more', () => {
  const r = bakery(vocabulary, { end: true }), { net, fire, asked, socket } = world(r.messages, chance(3));
  net.run({ source: '' });
  fire();
  r.messages.forEach((_, n) => socket().give(n));
  socket().cut();
  fire();
  fire();
  assert.deepEqual(asked.map((wish) => wish.do), ['run']);
  assert.equal(net.status, 'open');
  net.close();
});

test('a hole is asked for once, and early messages wait', () => {
  const taken = [], asked = [], log = new Log((m) => taken.push(m.n), (from, to) => asked.push([from, to]));
  for (const n of [0, 3, 4, 3, 1, 2, 2, 5]) log.put({ n });
  assert.deepEqual(taken, [0, 1, 2, 3, 4, 5]);
  assert.deepEqual(asked, [[1, 3]]);
});

test('a run asked for while the link is down goes out when it is back, once', () => {
  const { net, fire, asked, socket } = world([], chance(1));
  fire();
  socket().cut();
  net.run({ source: 'x' });
  fire();
  assert.equal(asked.filter((wish) => wish.do === 'run').length, 1);
  net.close();
});

test('a link on which nothing comes any more is given up, and the run resumed on a new one', () => {
  const timers = [], sockets = [], statuses = [];
  let now = 0;
  class Socket {
    constructor() { this.readyState = 0; this.sent = []; sockets.push(this); }
    open() { this.readyState = 1; this.onopen(); }
    send(text) { this.sent.push(JSON.parse(text)); }
    tell(message) { this.onmessage({ data: JSON.stringify(message) }); }
    close() { this.readyState = 2; }
  }
  const net = createNet({ url: 'ws://x/live', WebSocket: Socket, random: () => 0.5, nowMs: () => now,
    setTimeout: (run, ms) => { const timer = { run, at: now + ms }; timers.push(timer); return timer; }, clearTimeout: (timer) => { if (timer) timer.run = () => {}; } });
  const pass = (ms) => { for (const end = now + ms; now < end; now += 100) for (const timer of timers.filter((each) => each.at <= now)) { timers.splice(timers.indexOf(timer), 1); timer.run(); } };
  net.on('status', (status) => statuses.push(status));
  sockets[0].open();
  net.run({ source: '' });
  sockets[0].tell({ type: 'accepted', run: 'r1', channel: 1 });
  for (let i = 0; i < 20; i++) { pass(1000); sockets[0].tell({ type: 'pong' }); }
  assert.equal(sockets.length, 1, 'answers keep it');
  assert.ok(net.silence < 1000);
  pass(4000);
  assert.ok(net.silence >= 4000);
  assert.deepEqual(statuses, ['open']);
  pass(4000);
  assert.deepEqual([statuses.at(-1), sockets.length], ['reconnecting', 2]);
  pass(12_000);
  assert.ok(sockets.length > 2, 'a connection that is never made is given up too');
  sockets.at(-1).open();
  assert.deepEqual(sockets.at(-1).sent, [{ do: 'resume', run: 'r1', from: 0 }]);
  net.close();
});

test('pauses double up to a bound', () => {
  const pauses = [0, 1, 2, 3, 9].map((attempt) => backoff(attempt, () => 0.5));
  assert.deepEqual(pauses, [250, 500, 1000, 2000, 8000]);
});

test('the store follows: starting, live, reconnecting, live, ended', () => {
  const r = bakery(vocabulary, { end: true }), { net, fire, socket } = world(r.messages, chance(2)), store = createStore(initialState()), seen = [];
  globalThis.requestAnimationFrame = (f) => f();
  store.on(['run'], ({ run }) => seen.push(run));
  const part = followRun(net, store, vocabulary);
  net.run({ source: '' });
  fire();
  for (let n = 0; n < 5; n++) socket().give(socket().position++);
  socket().cut();
  fire();
  fire();
  while (socket().position < r.messages.length) socket().give(socket().position++);
  assert.deepEqual(seen, ['starting', 'live', 'reconnecting', 'live', 'ended']);
  assert.equal(store.get().trace.ended.outcome, 'ok');
  part();
  net.close();
  delete globalThis.requestAnimationFrame;
});

test('a refused run is over: the error is kept and the page is idle again', () => {
  const { net, fire, socket } = world([], chance(2)), store = createStore(initialState());
  followRun(net, store, vocabulary);
  fire();
  store.set({ run: 'starting' });
  net.run({ source: '' });
  socket().tell({ type: 'error', code: 'bad_spec', message: 'line 3: no.' });
  assert.equal(store.get().run, 'idle');
  assert.equal(store.get().error.message, 'line 3: no.');
  net.close();
});

test('event columns come back as they were packed', () => {
  const message = bakery(vocabulary).messages.find((each) => each.type === 'events'), back = decodeEvents(pack(message));
  assert.deepEqual([back.first_seq, back.count, back.channel, back.n], [message.first_seq, message.count, message.channel, message.n]);
  for (const column of ['at', 'obj', 'line', 'value', 'note', 'cause', 'thread', 'kind', 'to', 'source']) assert.deepEqual(Array.from(back[column]), Array.from(message[column]), column);
});

test('malformed messages are errors, not traces', () => {
  const good = pack(bakery(vocabulary).messages.find((each) => each.type === 'events')), broken = (change) => { const copy = good.slice(0); change(new DataView(copy)); return copy; };
  for (const bytes of [new ArrayBuffer(3), good.slice(0, good.byteLength - 1), new ArrayBuffer(70_000), broken((v) => v.setUint16(0, 1, true)), broken((v) => v.setUint8(2, 9)), broken((v) => v.setUint32(16, 0xffffff, true)),
    broken((v) => v.setFloat64(40, NaN, true)), broken((v) => v.setFloat64(48, -1, true)), broken((v) => v.setFloat64(24, Infinity, true))]) assert.throws(() => decode(bytes), BadMessage);
  for (const text of ['', '{', '[]', 'null', '{"no":1}', '{"type":"thread","run":"r","n":1}', '{"type":"thread","thread":-1,"name":"x","run":"r","n":0}', '{"type":"hello","python":"x","gil":true}', '{"type":"text","run":"r","n":0,"texts":[[1]]}',
    '{"type":"gap","run":"r","n":0,"from_ns":0,"to_ns":1,"counts":{"line":-1},"threads":[],"objects":[]}', '{"type":"end","run":"r","n":1.5,"outcome":"ok","at_ns":1}']) assert.throws(() => decode(text), BadMessage, text);
  assert.equal(decode('{"type":"something new"}').type, 'something new');
});
