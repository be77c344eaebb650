// The wait-for graph: who waits for whom, the circle in it, and waits that nobody is left to end.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { MOST_NODES, folded, waitFor, waitWords } from '../../static/js/core/wait_for.js';
import { Trace } from '../../static/js/core/trace.js';
import { Graph, layout } from '../../static/vendor/dagre.js';
import { Recorder, vocabulary } from './recorder.js';

const MS = 1e6;
const read = (r) => r.into(new Trace(vocabulary));
const edgesOf = (graph) => graph.edges.map(({ from, to, kind }) => `${from} ${kind} ${to}`);

/** `count` threads in a ring: each holds its lock and wants the next one's. */
function ring(count) {
  const r = new Recorder(vocabulary), main = r.thread('main');
  const threads = Array.from({ length: count }, (_, i) => r.thread(`eater-${i + 1}`)), locks = threads.map((_, i) => r.object('Lock', `fork[${i}]`));
  threads.forEach((thread, i) => r.at(i + 1, 'lock.acquired', thread, { obj: locks[i], value: 1 }));
  threads.forEach((thread, i) => r.at(100 + i, 'lock.blocked', thread, { obj: locks[(i + 1) % count] }));
  return { r, main, threads, locks };
}

test('two locks in opposite order are a circle of four', () => {
  const { r, threads } = ring(2);
  const graph = waitFor(read(r), { threads, at_ns: 200 * MS });
  assert.equal(graph.circle.length, 4);
  assert.ok(graph.circle[0].startsWith('t'));
  assert.ok(graph.edges.every((edge) => edge.inCircle));
  assert.deepEqual(graph.edges.map((edge) => edge.kind), ['waits', 'held', 'waits', 'held']);
  assert.match(waitWords(graph), /A circle: eater-1, fork\[1\], eater-2, fork\[0\], eater-1\.$/);
});

test('main that joins hangs on the circle without being in it', () => {
  const { r, main, threads } = ring(2);
  const joined = read(r).threads[threads[0]].obj;
  r.at(150, 'thread.joining', main, { obj: joined });
  const graph = waitFor(read(r), { threads: [...threads, main], at_ns: 200 * MS });
  assert.equal(graph.nodes.find((node) => node.name === 'main').inCircle, false);
  assert.ok(graph.edges.some((edge) => edge.word === 'joins' && !edge.inCircle));
  assert.equal(graph.circle.length, 4);
});

test('a wait that nobody is left to end is an open end', () => {
  for (const [primitive, kind, words] of [['Condition', 'condition.waiting', 'nobody left to notify'], ['Event', 'event.waiting', 'nobody left to set it'],
    ['Semaphore', 'semaphore.blocked', 'nobody left to release it'], ['Queue', 'queue.get_blocked', 'nobody left to put'],
    ['Queue', 'queue.put_blocked', 'nobody left to take'], ['Barrier', 'barrier.waiting', 'nobody left to arrive']]) {
    const r = new Recorder(vocabulary), a = (r.thread('main'), r.thread('waiter')), thing = r.object(primitive, 'thing');
    r.at(5, kind, a, { obj: thing });
    const graph = waitFor(read(r), { threads: [a], at_ns: 9 * MS });
    assert.deepEqual(edgesOf(graph), [`t${a} waits o${thing}`, `o${thing} nobody n${thing} ${words}`], kind);
    assert.deepEqual(graph.circle, []);
  }
});

test('a lock whose owner has ended is held by somebody who is over', () => {
  const r = new Recorder(vocabulary), main = r.thread('main'), a = r.thread('a'), lock = r.object('Lock', 'till');
  r.at(1, 'lock.acquired', a, { obj: lock, value: 1 });
  r.at(2, 'thread.ended', a);
  r.at(3, 'lock.blocked', main, { obj: lock });
  const graph = waitFor(read(r), { threads: [main], at_ns: 9 * MS });
  assert.equal(graph.nodes.find((node) => node.name === 'a').over, true);
});

test('nobody who waits makes no graph', () => {
  const r = new Recorder(vocabulary), main = r.thread('main');
  r.at(1, 'thread.began', main);
  assert.equal(waitFor(read(r), { threads: [main], at_ns: 2 * MS }), null);
});

test('a crowd is cut to the circle and the nearest, and the rest is counted', () => {
  const { r, threads, locks } = ring(2);
  const crowd = Array.from({ length: 20 }, (_, i) => r.thread(`late-${i}`));
  for (const thread of crowd) r.at(160, 'lock.blocked', thread, { obj: locks[0] });
  const graph = waitFor(read(r), { threads: [...threads, ...crowd], at_ns: 200 * MS });
  assert.equal(graph.nodes.length, MOST_NODES);
  assert.equal(graph.more, 20 - (MOST_NODES - 4));
  assert.equal(graph.circle.length, 4);
});

test('every ring of 2 to 6 threads is laid out in two rows without a loop', () => {
  for (let count = 2; count <= 6; count++) {
    const { r, threads } = ring(count);
    const graph = waitFor(read(r), { threads, at_ns: 200 * MS }), turned = folded(graph), drawing = new Graph();
    drawing.setGraph({ rankdir: 'LR' });
    for (const node of graph.nodes) drawing.setNode(node.id, { width: 40, height: 26 });
    for (const edge of graph.edges) drawing.setEdge(...(turned.get(edge) ? [edge.to, edge.from] : [edge.from, edge.to]), { width: 50, height: 14 });
    layout(drawing);
    const columns = new Map();
    for (const id of drawing.nodes()) { const { x } = drawing.node(id); columns.set(x, (columns.get(x) ?? 0) + 1); }
    assert.ok(Math.max(...columns.values()) <= 2, `ring of ${count}`);
    assert.equal(columns.size, count + 1, `ring of ${count}`);
  }
});
