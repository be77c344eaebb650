// What panels say about a moment: processor time, how a run ended, who waits in a row of a lock.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { CpuTimes } from '../../static/js/core/cpu.js';
import { neverRan, restOf } from '../../static/js/core/endings.js';
import { BLOCKED } from '../../static/js/core/states.js';
import { Trace } from '../../static/js/core/trace.js';
import { drawCrowd } from '../../static/js/draw/layers/waiters.js';
import { Recorder, vocabulary } from './recorder.js';

const MS = 1e6;
const begin = () => { const r = new Recorder(vocabulary); return { r, main: r.thread('main'), a: r.thread('A') }; };
const read = (r) => r.into(new Trace(vocabulary));

test('processor time is what was last seen, and nothing before that', () => {
  const { r, main, a } = begin();
  r.at(1, 'sampled', main, { to: 'running', value: 3, source: 1 });
  r.at(5, 'sampled', main, { to: 'blocked', value: 40, source: 1 });
  const trace = read(r), cpu = new CpuTimes(trace);
  assert.equal(cpu.at(main, 0.5 * MS), null);
  assert.deepEqual(cpu.at(main, 2 * MS), { at: 1 * MS, ms: 3 });
  assert.deepEqual(cpu.at(main, 9 * MS), { at: 5 * MS, ms: 40 });
  assert.equal(cpu.at(a, 9 * MS), null);
});

test('a run that was cut off rests where its threads were still waiting', () => {
  const { r, main, a } = begin(), lock = r.object('Lock', 'till');
  r.at(1, 'lock.blocked', a, { obj: lock });
  r.at(9, 'thread.killed', main);
  r.at(9, 'thread.killed', a);
  r.end(9, { outcome: 'deadlock' });
  const trace = read(r);
  assert.equal(trace.stateAt(a, restOf(trace)).state, BLOCKED);
});

test('a run that ended by itself rests at its end', () => {
  const { r, main } = begin();
  r.at(8, 'thread.ended', main);
  r.end(9);
  const trace = read(r);
  assert.equal(restOf(trace), 9 * MS);
  assert.equal(neverRan(trace), false);
});

test('a program that Python could not read never ran', () => {
  const { r, main } = begin();
  r.at(1, 'thread.ended', main);
  r.say({ type: 'end', outcome: 'failed', error: 'SyntaxError', sentence: '', at_ns: 2 * MS, events: 1 });
  assert.equal(neverRan(read(r)), true);
});

test('a wait shorter than a pixel ends where it ended', () => {
  const { r, main, a } = begin(), lock = r.object('Lock', 'till');
  r.at(1, 'lock.acquired', main, { obj: lock, value: 1 });
  for (const ms of [10, 80]) {
    r.at(ms, 'lock.blocked', a, { obj: lock });
    r.at(ms + 0.2, 'lock.acquired', a, { obj: lock, value: 1 });
  }
  r.at(100, 'thread.ended', main);
  const trace = read(r), seen = [], view = { t0: 0, t1: 100 * MS, until: 100 * MS, w: 100, scale: 1e-6, x: (t) => t / MS };
  drawCrowd(view, trace.logs.get(lock), (x0, x1) => seen.push([x0, x1]));
  assert.deepEqual(seen, [[10, 11], [80, 81]]);
});
