// What a search came to, in words: never more than it showed.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { pace, verdictOf, whereItCanHappen } from '../../static/js/core/verdict.js';

const explored = (changes) => ({ verdict: 'clean', exhausted: false, executions: 2000, seconds: 1, reason: '', failure: null, classes: [], classes_complete: false, ...changes });
const failure = (changes) => ({ kind: 'exception', error: 'AssertionError', message: '1', preemptions: 1, steps: [{}], ...changes });
const words = (result, asked) => verdictOf(result, asked).sentences.join(' ');

test('a search that ran out is no proof, and a larger one is offered', () => {
  assert.equal(words(explored()), 'No failure in 2,000 of an unknown number of orders. That is not a proof.');
  assert.equal(verdictOf(explored()).more, true);
});

test('a search that was stopped says so and offers no larger one', () => {
  assert.match(words(explored({ executions: 7 }), { stopped: true }), /^Stopped before its end\. No failure in 7 of an unknown/);
  assert.equal(verdictOf(explored(), { stopped: true }).more, false);
  assert.equal(words(explored({ verdict: 'inconclusive', executions: 149, reason: 'Stopped by the visitor' }), { stopped: true }), '149 executions until then, none of them reported a failure. That is not a proof.');
});

test('only a complete search counts all different orders', () => {
  const classes = Array(3).fill({ verdict: 'clean', choices: '0' });
  assert.equal(words(explored({ exhausted: true, classes, classes_complete: true })), 'All 3 different orders complete.');
  assert.equal(words(explored({ exhausted: true, classes: classes.slice(0, 1), classes_complete: true })), 'There is only one order that differs, and it completes.');
  assert.doesNotMatch(words(explored({ exhausted: true, classes, classes_complete: false })), /All 3/);
  assert.equal(verdictOf(explored({ exhausted: true })).kind, 'proved');
});

test('a failure says what it takes', () => {
  assert.equal(verdictOf(explored({ failure: failure() })).word, 'AssertionError found');
  assert.equal(words(explored({ failure: failure() })), 'AssertionError: 1. Needs 1 switch at the wrong moment.');
  assert.match(words(explored({ failure: failure({ preemptions: 3 }) })), /Needs 3 switches at the wrong moment\./);
  assert.match(words(explored({ failure: failure({ kind: 'deadlock', error: '', message: '', preemptions: 0 }) })), /^Needs no forced switch/);
});

test('a program that Python cannot read needs no switch', () => {
  const result = explored({ executions: 0, failure: failure({ error: 'SyntaxError', message: 'line 1: invalid syntax', preemptions: 0, steps: [] }) });
  assert.equal(words(result), 'Python cannot read the program: line 1: invalid syntax.');
});

test('what could not be settled comes with its reason and with something to do', () => {
  for (const [reason, advice] of [['input() waits for somebody outside', /answers into the program/], ['the program made 200,000 steps and was not over: it may be endless', /Give it an end/],
    ['something other than scheduling decides', /random numbers/], ['it opens a socket', /Let the program do without it/]]) {
    const said = words(explored({ verdict: 'inconclusive', reason }));
    assert.match(said, advice);
    assert.ok(said.toLowerCase().startsWith(reason.toLowerCase()));
  }
});

test('where it can happen is told only as far as it is settled', () => {
  const where = (gil, free, level = 'access') => whereItCanHappen({ gil, free_threaded: free }, level, '3.13');
  assert.deepEqual(where(true, true), { words: 'Can happen with and without the GIL.', ask: false });
  assert.deepEqual(where(false, true), { words: 'Can happen without the GIL. With the GIL, not on CPython 3.13: no switch falls between these steps.', ask: false });
  assert.deepEqual(where(null, true), { words: 'Can happen without the GIL. Seen at the level of reads and writes.', ask: true });
  assert.deepEqual(where(null, null), { words: 'Seen at the level of reads and writes.', ask: true });
  assert.equal(where(null, null, 'gil').ask, false);
  assert.deepEqual(whereItCanHappen(null, 'access'), { words: '', ask: false });
});

test('pace has no rate before there is one', () => {
  assert.equal(pace({ executions: 1240, seconds: 0.4 }), '1,240 executions, 3,100 a second');
  assert.equal(pace({ executions: 1, seconds: 0.01 }), '1 execution');
});
