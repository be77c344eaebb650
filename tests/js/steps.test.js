// The steps of a controlled run, by their messages: who may go on, who stands where, what changed, which text replays a beginning.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { insideLine } from '../../static/js/core/inside_line.js';
import { readChoices, readSchedule, writeChoices } from '../../static/js/core/run_lengths.js';
import { BLOCKED, DONE, NEW, READY, RUNNING } from '../../static/js/core/states.js';
import { goesOn, standing, stateIn, turnOf, waitWords } from '../../static/js/core/step_states.js';
import { doesWhat, plainly, shortWord, verb } from '../../static/js/core/step_words.js';
import { CLOCK, NOBODY, Steps } from '../../static/js/core/steps.js';
import { Trace } from '../../static/js/core/trace.js';
import { columnAt, columnLeft, fittingWidth, WIDE_STEPS } from '../../static/js/draw/step_geometry.js';
import { Replaced, createRunner } from '../../static/js/net/runner.js';
import { Recorder, vocabulary } from './recorder.js';

const READ = 1, WRITE = 2, ACQUIRE = 3, US = 0.001;
const row = (step, chosen, ready, { stands = [], values = [], tick = false } = {}) => ({ step, chosen, ready, tick, stands, values });
const stand = (thread, kind, name = '', { obj = 0, mode = 0, line = 0, code = 0, offset = 0 } = {}) => [thread, kind, name, obj, mode, line, code, offset];

/** Two threads add to a total under no lock; the second is stopped by a lock at the end. */
function counter() {
  const r = new Recorder(vocabulary), main = r.thread('main'), a = r.thread('clerk-1'), b = r.thread('clerk-2'), lock = r.object('Lock', 'gate');
  const at = (step, kind, thread, more = {}) => { r.at(step * 2 * US, kind, thread, more); r.rows.at(-1)[5] = step; };
  at(1, 'thread.created', a);
  at(2, 'thread.created', b);
  at(2, 'thread.joining', main, { obj: 1 });
  at(3, 'lock.acquired', a, { obj: lock, value: 1 });
  at(4, 'step', a);
  at(5, 'step', b);
  at(6, 'step', a);
  at(6, 'lock.blocked', b, { obj: lock });
  at(7, 'lock.released', a, { obj: lock, value: 0 });
  at(8, 'thread.ended', a);
  r.flush();
  const messages = [
    { type: 'code', code: 1, name: 'clerk', line: 3, ops: [[0, 'RESUME', '0', 3], [2, 'LOAD_GLOBAL', 'total', 4], [4, 'LOAD_CONST', '1', 4], [6, 'BINARY_OP', '+=', 4], [8, 'STORE_GLOBAL', 'total', 4]] },
    { type: 'choices', choices: [
      row(1, main, [main], { stands: [stand(main, 'thread.start', 'clerk-1')], values: [['total', '0']] }),
      row(2, main, [main, a], { stands: [stand(main, 'thread.start', 'clerk-2'), stand(a, 'lock.acquire', 'gate', { obj: lock, mode: ACQUIRE, line: 3 })] }),
      row(3, a, [a, b], { stands: [stand(main, 'thread.join', 'clerk-1', { obj: 1 }), stand(b, 'read', 'total', { mode: READ, line: 4, code: 1, offset: 2 })] }),
      row(4, a, [a, b], { stands: [stand(a, 'read', 'total', { mode: READ, line: 4, code: 1, offset: 2 })] }),
      row(5, b, [a, b], { stands: [stand(a, 'write', 'total', { mode: WRITE, line: 4, code: 1, offset: 8 })] }),
      row(6, a, [a], { stands: [stand(b, 'lock.acquire', 'gate', { obj: lock, mode: ACQUIRE, line: 5 })], values: [['total', '1']] }),
    ] },
    { type: 'choices', choices: [
      row(7, a, [a], { stands: [stand(a, 'lock.release', 'gate', { obj: lock })], tick: true }),
      row(8, a, [a, b], { stands: [stand(a, 'thread.end')] }),
      row(9, NOBODY, []),
    ] },
    { type: 'end', outcome: 'deadlock', sentence: '', at_ns: 1e5, schedule: 'tp1;access;3.13;0123456789ab;0*2,1*2,2,1*3', left_off: -1 },
  ];
  const trace = r.into(new Trace(vocabulary)), steps = new Steps(vocabulary);
  for (const message of [...messages.slice(0, 3), ...r.messages, messages[3]]) steps.apply(message);
  return { trace, steps, main, a, b, lock };
}

test('from a step on, the next choice or the end is where the cursor goes by itself', () => {
  const { steps } = counter();
  for (let k = 0; k <= steps.count; k++) {
    const at = steps.untilChoice(k);
    assert.ok(at === steps.count || steps.isChoice(at));
    for (let i = k; i < at; i++) assert.equal(steps.isChoice(i), false);
  }
});

test('rows become steps; the last row, in which nobody is chosen, is none', () => {
  const { steps, main, a, b } = counter();
  assert.equal(steps.count, 8);
  assert.deepEqual(steps.final, { ready: [], tick: false });
  assert.deepEqual([0, 1, 2].map((k) => steps.readyAt(k)), [[main], [main, a], [a, b]]);
  assert.equal(steps.chosenAt(8), NOBODY);
  assert.equal(steps.mayTick(6), true);
  assert.deepEqual([steps.isChoice(0), steps.isChoice(1), steps.isChoice(6)], [false, true, true]);
  assert.deepEqual([steps.nextChoice(0, 1), steps.nextChoice(5, -1), steps.nextChoice(7, 1)], [1, 4, -1]);
});

test('what a step did is where its thread stood before it', () => {
  const { steps, a, b } = counter();
  assert.equal(steps.step(5).stand.kind, 'read');
  assert.equal(steps.step(5).thread, b);
  assert.equal(steps.standAt(b, 5).kind, 'lock.acquire');
  assert.equal(steps.standAt(b, 1), null);
  assert.equal(steps.step(6).stand.name, 'total');
  assert.equal(steps.lastTime(a, 'read', 'total', 5), 4);
  assert.equal(steps.lastTime(a, 'read', 'total', 3), 0);
});

test('values hold until they change, and the change has a mark', () => {
  const { steps } = counter();
  assert.deepEqual([0, 1, 5, 6, 8].map((k) => steps.valueAt('total', k)), [undefined, '0', '0', '1', '1']);
  assert.deepEqual([1, 5, 6, 7].map((k) => steps.changedAt('total', k)), [false, false, true, false]);
  assert.equal(steps.changes('total'), true);
});

test('threads that stand before one name, one of them to write, race', () => {
  const { steps, a, b } = counter();
  assert.deepEqual([...steps.racesAt(4)], [['total', [a, b]]]);
  assert.equal(steps.racesAt(3).size, 0);
});

test('lanes say running, ready, blocked, not begun and done', () => {
  const { trace, steps, main, a, b, lock } = counter();
  assert.deepEqual([main, a, b].map((thread) => stateIn(steps, trace, thread, 2).state), [BLOCKED, RUNNING, READY]);
  assert.equal(stateIn(steps, trace, b, 0).state, NEW);
  assert.deepEqual(stateIn(steps, trace, b, 6), { state: BLOCKED, obj: lock, idle: false });
  assert.equal(standing(steps, trace, a, 8).state, DONE);
  assert.equal(stateIn(steps, trace, main, 4).idle, true);
  assert.equal(waitWords(trace, steps.standAt(b, 6), stateIn(steps, trace, b, 6)), 'waits for gate');
  assert.equal(waitWords(trace, steps.standAt(main, 4), stateIn(steps, trace, main, 4)), 'joins main');
});

test('a beginning of the run has a schedule text', () => {
  const { steps, b } = counter();
  assert.equal(steps.prefix(3), 'tp1;access;3.13;0123456789ab;0*2,1');
  assert.equal(steps.prefix(2, [b]), 'tp1;access;3.13;0123456789ab;0*2,2');
  assert.equal(steps.prefix(2, [CLOCK]), 'tp1;access;3.13;0123456789ab;0*2,t');
  assert.equal(new Steps(vocabulary).prefix(0), '');
});

test('run lengths are written as they are read', () => {
  for (const text of ['', '0', '0*12,1*3,t,0*2', 't*2,10*4']) assert.equal(writeChoices(readChoices(text)), text);
  assert.deepEqual(readChoices('0*2,t,nonsense,3'), [0, 0, CLOCK, 3]);
  assert.equal(readSchedule('tp1;line;3.13;0123456789ab;0*2').granularity, 'line');
  assert.equal(readSchedule('hello'), null);
});

test('times lead to steps and back', () => {
  const { steps } = counter();
  assert.equal(steps.timeOf(6), 12_000);
  assert.equal(steps.stepOfTime(12_000), 6);
  assert.equal(steps.stepOfTime(1), 1);
});

test('steps that come after their events, or before, come to the same', () => {
  const { steps, trace, a } = counter();
  assert.equal(steps.overAfter(a), 8);
  assert.equal(trace.threads.length, 3);
  assert.equal(steps.schedule.endsWith('0*2,1*2,2,1*3'), true);
});

test('inside the line each thread has its place, and a value read too long ago is told', () => {
  const { steps, trace, a, b } = counter();
  const inside = insideLine(steps, trace, 4);
  assert.equal(inside.line, 4);
  assert.deepEqual(inside.ops.map((op) => op.does), ['read', '', '', 'write']);
  assert.deepEqual(inside.threads.map(({ thread, at }) => [thread, at]), [[a, 3], [b, 0]]);
  assert.equal(inside.threads[0].words, 'holds 0');
  assert.equal(inside.note, 'clerk-1 has read 0 from total and not yet written it back.');
  assert.equal(insideLine(steps, trace, 0), null);
});

/** A baker who finds the shelf full, then sleeps. */
function waiting() {
  const r = new Recorder(vocabulary), baker = r.thread('main'), shelf = r.object('Queue', 'shelf', 1);
  const at = (step, kind, more = {}) => { r.at(step * 2 * US, kind, baker, more); r.rows.at(-1)[5] = step; };
  at(1, 'queue.put', { obj: shelf, value: 1 });
  at(2, 'queue.put_blocked', { obj: shelf });
  at(3, 'queue.put', { obj: shelf, value: 1 });
  at(4, 'sleep.began');
  at(5, 'sleep.ended');
  r.flush();
  const put = stand(baker, 'queue.put', 'shelf', { obj: shelf, line: 4 });
  const choices = [put, put, put, stand(baker, 'time.sleep', '<object>', { line: 5 }), stand(baker, 'time.sleep', '<object>', { line: 5 })];
  const trace = r.into(new Trace(vocabulary)), steps = new Steps(vocabulary);
  for (const message of [{ type: 'choices', choices: choices.map((each, i) => row(i + 1, baker, [baker], { stands: [each] })) }, ...r.messages]) steps.apply(message);
  return { trace, steps, baker };
}

test('a step that asked in vain, and one that goes on after its wait, are not told as the deed', () => {
  const { trace, steps, baker } = waiting();
  assert.deepEqual([1, 2, 3, 4, 5].map((k) => turnOf(steps, trace, k)), ['', 'waits', 'woken', '', 'woken']);
  const told = (k) => plainly(doesWhat(steps.step(k).stand, { turn: turnOf(steps, trace, k) }));
  assert.deepEqual([1, 2, 3, 4, 5].map(told), ['puts something into shelf', 'waits for room in shelf', 'puts something into shelf', 'sleeps', 'wakes up']);
  assert.deepEqual([0, 1, 2, 3, 4].map((k) => goesOn(steps, trace, baker, k)), [false, false, true, false, true]);
});

test('operations have words for columns and for cards', () => {
  const write = { kind: 'write', name: 'a.balance', line: 9 };
  assert.equal(shortWord(write, '70'), 'write 70');
  assert.equal(shortWord(write, undefined), 'write balance');
  assert.equal(plainly(doesWhat(write, { after: '70' })), 'writes a.balance = 70');
  assert.equal(plainly(doesWhat({ kind: 'lock.acquire', name: 'b.lock' }, { free: true })), 'locks b.lock, which is free');
  assert.equal(shortWord({ kind: 'lock.acquire', name: 'b.lock' }), 'lock b');
  assert.equal(plainly(doesWhat({ kind: 'time.sleep', name: '<object>' })), 'sleeps');
  assert.equal(plainly(doesWhat({ kind: 'gate.slam', name: 'door' })), 'does gate slam door');
});

test('between the switch points of CPython a step is told by its line, not by an instruction', () => {
  const at = (granularity) => {
    const steps = new Steps(vocabulary, granularity);
    steps.apply({ type: 'code', code: 1, name: 'clerk', line: 3, ops: [[2, 'RESUME', '0', 4], [8, 'POP_TOP', '', 4]] });
    steps.apply({ type: 'choices', choices: [row(1, 0, [0], { stands: [stand(0, 'instruction', '', { line: 4, code: 1, offset: 2 })] }), row(2, 0, [0], { stands: [stand(0, 'instruction', '', { line: 4, code: 1, offset: 8 })] })] });
    return [steps.step(1).stand, steps.step(2).stand];
  };
  const [first, second] = at('gil');
  assert.equal(plainly(doesWhat(first, { code: 'total += 1' })), 'runs total += 1');
  assert.equal(plainly(doesWhat(second, { code: 'total += 1' })), 'goes on in total += 1');
  assert.equal(plainly(doesWhat(second)), 'goes on in line 4');
  assert.deepEqual([shortWord(second), verb(second)], ['line 4', '4']);
  assert.equal(plainly(doesWhat(at('bytecode')[1])), 'executes POP_TOP');
});

test('columns lie apart where the playhead is, and are found there again', () => {
  const g = WIDE_STEPS, wide = 60;
  assert.equal(columnLeft(3, 3, wide, g) - columnLeft(2, 3, wide, g), wide + g.playhead);
  assert.equal(columnLeft(2, 3, wide, g) - columnLeft(1, 3, wide, g), wide);
  for (const column of [0, 2, 3, 7]) assert.equal(columnAt(columnLeft(column, 3, wide, g) + 30, 3, wide, g, 8), column);
  assert.equal(columnAt(columnLeft(3, 3, wide, g) - g.playhead / 2, 3, wide, g, 8), -1);
  assert.equal(fittingWidth(1000, 700, g), g.readable);
});

/** A connection that answers when told to; `asked` has the specs. */
function wire() {
  const listeners = new Map(), asked = [];
  const say = (event, message) => listeners.get(event)?.(message);
  return { asked, say, answer(run) { say('accepted', { run, channel: 1 }); say('message', { type: 'end', outcome: 'ok', at_ns: 1, schedule: '', left_off: -1 }); },
    net: { on: (event, fn) => listeners.set(event, fn), run: (spec) => asked.push(spec), stop() {}, leave() {}, close() {} } };
}

test('the newest wish wins; a run ahead of time gives way', async () => {
  const { net, asked, answer } = wire(), runner = createRunner({ open: () => net, vocabulary });
  const first = runner.along({ source: 'a' }), second = runner.along({ source: 'b' });
  await assert.rejects(first, Replaced);
  const ahead = runner.along({ source: 'c' }, { ahead: true });
  assert.deepEqual(asked.map((spec) => spec.source), ['a', 'b']);
  answer('r2');
  assert.equal((await second).run, 'r2');
  assert.deepEqual(asked.map((spec) => spec.source), ['a', 'b', 'c']);
  const wanted = runner.along({ source: 'd' });
  await assert.rejects(ahead, Replaced);
  answer('r4');
  assert.equal((await wanted).source, 'd');
  assert.equal(runner.busy, false);
});

test('a run that is refused says why', async () => {
  const { net, say } = wire(), runner = createRunner({ open: () => net, vocabulary });
  const wish = runner.along({ source: 'a' });
  say('error', { code: 'bad_schedule', message: 'This schedule is of version tp9.' });
  await assert.rejects(wish, /version tp9/);
});
