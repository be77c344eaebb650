// Finding: what is asked of the server, what its messages make of the page's state, and the ways on from a failure.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { createStore, initialState } from '../../static/js/core/store.js';

globalThis.location ??= { href: 'http://localhost/lab' };
const { classesFor, findingActions, findingState, isCurrent, scheduleOf } = await import('../../static/js/finding.js');

const SCHEDULE = 'tp1;access;3.13;a19a0b1ea981;0*9,1*4';
const FAILURE = { kind: 'deadlock', schedule: SCHEDULE, steps: [{ step: 0 }] };

/** A page whose connections are made here; `did` lists what was asked of the Schedule mode. */
function begin(page = {}) {
  const store = createStore({ ...initialState(), ...findingState(page), mode: 'find', source: 'x = 1', granularity: 'access', steps: null });
  const nets = [], did = [];
  const connect = () => {
    const on = {}, net = { asked: null, stopped: 0, left: 0, closed: 0, on: (event, take) => { on[event] = take; }, find: (spec) => { net.asked = spec; }, stop: () => { net.stopped++; }, leave: () => { net.left++; }, close: () => { net.closed++; },
      says: (type, message = {}) => (on[type] ?? on.message)({ type, ...message }) };
    nets.push(net);
    return net;
  };
  const app = { store, page: { filename: 'p.py', live_url: '/live', ...page } };
  app.actions = { openAlong: async (text, step) => { did.push(['openAlong', text, step]); }, setMode: (mode) => { did.push(['setMode', mode]); store.set({ mode }); }, setGranularity: (level) => did.push(['setGranularity', level]) };
  Object.assign(app.actions, findingActions(app, connect));
  return { app, store, nets, did };
}

test('a search goes to the server with its budget, within what the server allows', async () => {
  const { app, store, nets } = begin({ search: { max_seconds: 5, max_executions: 900 } });
  await app.actions.find({ strategy: 'pct', max_executions: 50_000 });
  const { strategy, mode, max_executions: orders, max_seconds: seconds, granularity } = nets[0].asked;
  assert.deepEqual({ strategy, mode, orders, seconds, granularity }, { strategy: 'pct', mode: 'controlled', orders: 900, seconds: 5, granularity: 'access' });
  assert.equal(store.get().search.state, 'searching');
});

test('a failure is opened at its last step once the search is over', async () => {
  const { app, store, nets, did } = begin();
  await app.actions.find();
  nets[0].says('accepted');
  nets[0].says('progress', { executions: 12, seconds: 0.1, strategy: 'dpor' });
  assert.equal(store.get().search.progress.executions, 12);
  nets[0].says('explored', { verdict: 'deadlock', failure: FAILURE, classes: [] });
  assert.deepEqual(did, []);
  nets[0].says('end', { outcome: 'ok' });
  assert.equal(store.get().search.state, 'done');
  assert.deepEqual(did, [['openAlong', SCHEDULE, null]]);
  assert.equal(nets[0].closed, 1);
});

test('a failure of a program that was edited meanwhile is not opened', async () => {
  const { app, store, nets, did } = begin();
  await app.actions.find();
  store.set({ source: 'x = 2' });
  nets[0].says('explored', { verdict: 'deadlock', failure: FAILURE, classes: [] });
  nets[0].says('end', { outcome: 'ok' });
  assert.deepEqual(did, []);
  assert.equal(isCurrent(store.get()), false);
});

test('stop ends a search with what there is, and gives up a place in the queue', async () => {
  const { app, store, nets } = begin();
  await app.actions.find();
  nets[0].says('accepted');
  app.actions.stopFinding();
  assert.equal(nets[0].stopped, 1);
  nets[0].says('explored', { verdict: 'clean', failure: null });
  nets[0].says('end', { outcome: 'stopped' });
  assert.deepEqual([store.get().search.state, store.get().search.stopped], ['done', true]);
  await app.actions.find();
  nets[1].says('queued', { place: 3, eta_s: 20 });
  assert.equal(store.get().search.place, 3);
  app.actions.stopFinding();
  assert.equal(nets[1].left, 1);
  assert.equal(store.get().search.state, 'idle');
});

test('a refusal and an end without a result are told in the server\u2019s words', async () => {
  const { app, store, nets } = begin();
  await app.actions.find();
  nets[0].says('error', { code: 'bad_spec', message: 'The seconds must be more.' });
  assert.equal(store.get().search.error.message, 'The seconds must be more.');
  await app.actions.find();
  nets[1].says('end', { outcome: 'refused', sentence: 'The walls could not be put up.' });
  assert.equal(store.get().search.error.message, 'The walls could not be put up.');
});

test('orders are those of the shown program at that granularity, all before some', async () => {
  const { app, store, nets } = begin();
  await app.actions.find();
  nets[0].says('explored', { verdict: 'deadlock', failure: FAILURE, classes: [{ verdict: 'deadlock', choices: '0' }], classes_complete: false });
  nets[0].says('end');
  assert.deepEqual([classesFor(store.get()).classes.length, classesFor(store.get()).complete], [1, false]);
  app.actions.findAll();
  assert.equal(nets[1].asked.all_classes, true);
  assert.equal(nets[1].asked.strategy, 'dpor');
  nets[1].says('explored', { verdict: 'deadlock', failure: null, classes: [{ verdict: 'deadlock', choices: '0' }, { verdict: 'clean', choices: '1' }], classes_complete: true });
  nets[1].says('end');
  assert.deepEqual([classesFor(store.get()).classes.length, classesFor(store.get()).complete], [2, true]);
  store.set({ mode: 'controlled', granularity: 'line' });
  assert.equal(classesFor(store.get()).classes.length, 0);
  store.set({ granularity: 'access', source: 'x = 2' });
  assert.equal(classesFor(store.get()).classes.length, 0);
});

test('an order of the tree is replayed under the head of a known schedule', async () => {
  const { app, nets, did } = begin();
  await app.actions.find();
  nets[0].says('explored', { verdict: 'deadlock', failure: FAILURE, classes: [{ verdict: 'clean', choices: '0*9,2*4' }] });
  nets[0].says('end');
  did.length = 0;
  await app.actions.replayOrder('0*9,2*4');
  assert.deepEqual(did, [['setMode', 'controlled'], ['openAlong', scheduleOf(SCHEDULE, '0*9,2*4'), 0]]);
});

test('trying it alone begins at the start and tells nothing', async () => {
  const { app, store, did } = begin();
  await app.actions.tryIt();
  assert.deepEqual(did, [['setMode', 'controlled'], ['openAlong', '', 0]]);
  assert.equal(store.get().quiet, true);
  app.actions.replay(SCHEDULE, 0);
  assert.equal(store.get().quiet, false);
});
