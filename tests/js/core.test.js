// The small pure parts: digest, level of detail, ticks, window, live edge, gaps, tags, sentences, store.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { Digest, digestOf } from '../../static/js/core/digest.js';
import { cutsLane, gapWords, marksObject } from '../../static/js/core/gaps.js';
import { Lane } from '../../static/js/core/lane.js';
import { LiveEdge } from '../../static/js/core/playback.js';
import { RangePyramid } from '../../static/js/core/pyramid.js';
import { Runs, runsOf } from '../../static/js/core/runs.js';
import { plain, render, sentenceOf, storyOf } from '../../static/js/core/sentences.js';
import { BLOCKED, CRASHED, IO, RUNNING, SLEEPING, STATE_KEYS } from '../../static/js/core/states.js';
import { createStore } from '../../static/js/core/store.js';
import { tagFor, stemOf } from '../../static/js/core/tags.js';
import { lowerBound } from '../../static/js/core/table.js';
import { ticks } from '../../static/js/core/timescale.js';
import { Trace } from '../../static/js/core/trace.js';
import { clamp, follow, pan, whole, zoom } from '../../static/js/core/viewport.js';
import { Recorder, vocabulary } from './recorder.js';
import { bakery } from './bakery.js';

const laneOf = (states, ns) => { const lane = new Lane(); let at = 0; states.forEach((state, i) => { lane.change(at, state, 0, i); at += typeof ns === 'function' ? ns(i) : ns; }); return [lane, at]; };
const shown = (lane, t0, t1, width, until) => { const runs = new Runs(); runsOf(lane, t0, t1, width, until, runs); return Array.from({ length: runs.count }, (_, i) => [runs.state[i], runs.x0[i], runs.x1[i]]); };

test('FNV-1a 64 gives the published values', () => {
  const of = (text) => { const digest = new Digest(); digest.add(text); return digest.hex(); };
  assert.deepEqual(['', 'a', 'foobar'].map(of), ['cbf29ce484222325', 'af63dc4c8601ec8c', '85944171f73967e8']);
});

test('the digest changes with any field that it covers', () => {
  const r = bakery(vocabulary), make = () => r.into(new Trace(vocabulary)), before = digestOf(make());
  assert.equal(digestOf(make()), before);
  for (const column of ['at', 'kind', 'thread', 'to', 'obj', 'line', 'cause']) { const t = make(); t.events[column][40] += 1; assert.notEqual(digestOf(t), before, column); }
});

test('a wait of 1 us inside 10 s of running stays visible', () => {
  const lane = new Lane();
  lane.change(0, RUNNING, 0, 0);
  lane.change(4e9, BLOCKED, 0, 1);
  lane.change(4e9 + 1000, RUNNING, 0, 2);
  const runs = shown(lane, 0, 10e9, 800, 10e9), wait = runs.find(([state]) => state === BLOCKED);
  assert.ok(wait && Math.abs(wait[1] - 320) < 1);
});

test('a wait of 1 us among 200,000 short spans still wins its pixel', () => {
  const [lane, until] = laneOf(Array.from({ length: 200_000 }, (_, i) => (i === 123_457 ? BLOCKED : i % 2 ? IO : RUNNING)), (i) => (i === 123_457 ? 1000 : 50_000));
  const x = ((123_457 * 50_000) / until) * 1000, runs = shown(lane, 0, until, 1000, until).filter(([state]) => state === BLOCKED);
  assert.equal(runs.length, 1);
  assert.ok(runs[0][1] <= x + 1 && runs[0][2] >= x - 1);
});

test('crashed beats blocked, blocked beats all, else the longest wins', () => {
  const [lane, until] = laneOf([RUNNING, SLEEPING, RUNNING, SLEEPING, IO, RUNNING], (i) => (i % 2 ? 9 : 4));
  lane.pyramid.grow();
  assert.equal(lane.pyramid.winner(0, 6, until), SLEEPING);
  const [waits, end] = laneOf([RUNNING, BLOCKED, RUNNING], (i) => (i === 1 ? 1 : 500));
  waits.pyramid.grow();
  assert.equal(waits.pyramid.winner(0, 3, end), BLOCKED);
  const [crash, over] = laneOf([BLOCKED, BLOCKED, CRASHED], 3);
  crash.pyramid.grow();
  assert.equal(crash.pyramid.winner(0, crash.spans.count, over), CRASHED);
});

test('the pyramid agrees with counting at every range', () => {
  let seed = 5;
  const next = () => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 4294967296, order = [RUNNING, IO, RUNNING, SLEEPING];
  const [lane, until] = laneOf(Array.from({ length: 5000 }, (_, i) => (next() < 0.002 ? BLOCKED : order[i % 4])), 10);
  lane.pyramid.grow();
  for (let n = 0; n < 400; n++) {
    const from = Math.floor(next() * (lane.spans.count - 1)), to = from + 1 + Math.floor(next() * (lane.spans.count - from - 1));
    const has = lane.spans.state.subarray(from, to).includes(BLOCKED);
    assert.equal(lane.pyramid.winner(from, to, until) === BLOCKED, has, `${from}..${to}`);
  }
  for (let n = 0; n < 2000; n++) {
    const from = Math.floor(next() * lane.spans.count), wanted = next() * until * 1.1;
    assert.equal(lane.pyramid.find(wanted, from), lowerBound(lane.spans.start, lane.spans.count, wanted, from));
  }
  const steps = { count: 3000, value: Float64Array.from({ length: 3000 }, () => Math.floor(next() * 1000)) }, pyramid = new RangePyramid(steps);
  pyramid.grow();
  for (const [a, b] of [[0, 3000], [7, 8], [100, 1999], [511, 513], [2990, 3000]]) assert.deepEqual(pyramid.range(a, b), { least: Math.min(...steps.value.subarray(a, b)), most: Math.max(...steps.value.subarray(a, b)) });
});

test('ticks are 1, 2 or 5 apart, wide enough, in a unit people read', () => {
  for (const [t0, t1] of [[0, 1e3], [0, 128e6], [3.2e9, 9.9e9], [22e6, 135e6], [1e9, 1.0001e9], [0, 120e9]]) {
    const found = ticks(t0, t1, 800), step = found[1].t - found[0].t, digit = Number(step.toPrecision(1)[0]);
    assert.ok([1, 2, 5].includes(digit), `${step}`);
    assert.ok((step / (t1 - t0)) * 800 >= 59.9 && found.length >= 3);
    assert.equal(new Set(found.map(({ text }) => text)).size, found.length);
  }
  assert.deepEqual(ticks(0, 130e6, 650).slice(0, 2).map(({ text, unit }) => [text, unit]), [['0', 'ms'], ['20', 'ms']]);
});

test('zooming keeps the time under the pointer; no move leaves the run', () => {
  const view = { t0: 20e6, t1: 120e6 }, zoomed = zoom(view, 0.5, 60e6, 1e9);
  assert.ok(Math.abs((60e6 - zoomed.t0) / (zoomed.t1 - zoomed.t0) - 0.4) < 1e-9);
  for (const next of [pan(view, -9e9, 1e9), pan(view, 9e9, 1e9), zoom(view, 1e9, 0, 1e9), zoom(view, 1e-12, 5e8, 1e9), clamp({ t0: -5e9, t1: -4e9 }, 1e9)]) {
    assert.ok(next.t1 > next.t0 && next.t1 > 0 && next.t0 < 1e9, JSON.stringify(next));
  }
});

test('the live edge sits at 94 % of the width', () => {
  for (const edge of [60e6, 800e6, 30e9]) { const { t0, t1 } = follow(edge); assert.ok(Math.abs((edge - t0) / (t1 - t0) - 0.94) < 1e-9); }
  assert.equal(follow(30e9, 2e9).t1 - follow(30e9, 2e9).t0, 2e9);
  assert.ok(Math.abs(1e9 / whole(1e9).t1 - 0.94) < 1e-9);
});

test('the live edge grows as the clock does, never back, and stops while the link is down', () => {
  const edge = new LiveEdge();
  edge.observe(10e6, 1000);
  edge.observe(40e6, 1045);
  const first = edge.at(1100, 40e6);
  assert.equal(edge.at(1200, 40e6) - first, 100e6);
  assert.equal(edge.at(1150, 40e6), first + 100e6);
  const still = edge.at(5000, 40e6, false);
  assert.equal(edge.at(9000, 40e6, false), still);
});

test('the gap rule: lines cut nothing, objects mark rows, the rest cuts lanes', () => {
  const gap = (counts, threads = [], objects = []) => ({ counts, threads, objects, from_ns: 0, to_ns: 1 });
  assert.equal(cutsLane(gap({ line: 9 }), 1), false);
  assert.equal(cutsLane(gap({ line: 9, lock: 1 }), 1), true);
  assert.equal(cutsLane(gap({}), 1), true);
  assert.equal(cutsLane(gap({ lock: 3 }, [2]), 1), false);
  assert.equal(cutsLane(gap({ lock: 3 }, [], [5]), 1), false);
  assert.deepEqual([marksObject(gap({ lock: 3 }, [], [5]), 5), marksObject(gap({ lock: 3 }, [], [5]), 6), marksObject(gap({}), 6)], [true, false, true]);
  assert.deepEqual([gapWords(gap({ line: 1204 })), gapWords(gap({ lock: 200, queue: 14 })), gapWords(gap({}))], ['1,204 line events not kept', '214 events not kept', 'events not kept']);
});

test('tags are initial and number; a clash takes the next free letter', () => {
  const taken = new Set();
  assert.deepEqual([['main', 0], ['Baker-1', 1], ['Boss-1', 2], ['transfer-12', 3], ['Logger', 4], ['9', 5]].map(([name, id]) => tagFor(name, id, taken)), ['M', 'B1', 'O1', 'T12', 'L', 'T9']);
  assert.deepEqual(['Worker-12', 'Worker 3', 'pool_0', 'main'].map(stemOf), ['Worker', 'Worker', 'pool', 'main']);
});

test('a bracketed part is left out when a name in it is not known', () => {
  const text = (values) => render('{thread} took {obj}[ after {waited}][, when {waker} let go]', values).map((part) => part.text ?? JSON.stringify(part)).join('');
  assert.equal(text({ thread: { thread: 1 }, obj: { obj: 2 } }), '{"thread":1} took {"obj":2}');
  assert.equal(text({ thread: { thread: 1 }, obj: { obj: 2 }, waited: { text: '2 ms' } }), '{"thread":1} took {"obj":2} after 2 ms');
});

test('sentences name the waker, the time and the owner', () => {
  const r = new Recorder(vocabulary), main = r.thread('main'), a = r.thread('Guest-1'), lock = r.object('Lock', 'till'), shelf = r.object('Queue', 'shelf', 1);
  r.at(1, 'lock.acquired', main, { obj: lock, value: 1 });
  const blocked = r.at(2, 'lock.blocked', a, { obj: lock }), cause = r.at(4, 'lock.released', main, { obj: lock }), taken = r.at(5, 'lock.acquired', a, { obj: lock, value: 1, cause });
  r.at(6, 'queue.put_blocked', main, { obj: shelf });
  const got = r.at(8, 'queue.got', a, { obj: shelf, note: 'b3', value: 0 }), put = r.at(9, 'queue.put', main, { obj: shelf, note: 'b4', value: 1, cause: got });
  const t = r.into(new Trace(vocabulary));
  assert.equal(plain(t, sentenceOf(t, blocked)), 'Guest-1 waits for till, held by main');
  assert.equal(plain(t, storyOf(t, taken)), 'Guest-1 took till after waiting 3.0 ms, when main let go of it.');
  assert.equal(plain(t, storyOf(t, put)), 'Guest-1 took b3 from shelf, 0 left. main put b4 on shelf, 1 in it, after waiting 3.0 ms for room.');
});

test('the store tells only those whose keys changed, once', () => {
  const store = createStore({ a: 1, b: 2 }), heard = [], off = store.on(['a', 'b'], (_, keys) => heard.push(keys.join()));
  store.set({ a: 1 });
  store.set({ a: 2, b: 3 });
  off();
  store.set({ a: 9 });
  assert.deepEqual(heard, ['a,b']);
});

test('the ids of states are those of the served vocabulary', () => {
  for (const { id, name } of vocabulary.states) assert.equal(STATE_KEYS[id], name === 'waiting_gil' ? 'gil' : name);
});
