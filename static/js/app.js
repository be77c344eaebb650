/** What the panels of the lab share: the store, the connection, the vocabulary, and the few things a visitor can do. */
import { createStore, initialState } from './core/store.js';
import { findingActions, findingState } from './finding.js';
import { followRun } from './net/live.js';
import { createNet } from './net/socket.js';
import { address } from './panels/dom.js';
import { recall, remember } from './remembered.js';
import { schedulingActions, schedulingState } from './scheduling.js';

/** @param {any} page what the server wrote into the page @returns {Promise<any>} the `app` that panels are mounted with */
export async function createApp(page) {
  const vocabulary = await (await fetch(page.vocabulary_url)).json();
  const store = createStore({
    ...initialState(), source: page.source, mode: page.mode, python: page.python ?? '', theme: document.documentElement.dataset.theme,
    ...schedulingState(page), ...findingState(page), ranSource: null, hotKnob: null, announcement: '', beneath: recall('beneath', 'line'), inside: false, singleKeys: recall('single-keys', true), tab: 'timeline', rate: null,
  });
  const net = createNet({ url: socketAddress(page) });
  const words = new Map(vocabulary.states.map((state) => [state.id, state]));
  const app = { page, store, net, vocabulary, editor: null, word: (state) => words.get(state)?.word ?? '' };
  app.actions = actionsOf(app);
  Object.assign(app.actions, schedulingActions(app, { socketAddress: socketAddress(page), specOf: (changes) => specOf(app, changes), wrongLine }), findingActions(app));
  net.on('accepted', () => store.set({ ranSource: app.pending }));
  followRun(net, store, vocabulary);
  store.on(['run'], () => afterRun(app));
  document.addEventListener('themechange', (event) => store.set({ theme: event.detail }));
  store.on(['singleKeys'], () => remember('single-keys', store.get().singleKeys));
  store.on(['beneath'], () => remember('beneath', store.get().beneath));
  return app;
}

/** @param {any} page */
export function socketAddress(page) {
  return new URL(page.live_url ?? address('/live'), location.href).href.replace(/^http/, 'ws');
}

/** What is asked of the server: the shown program under the chosen conditions. */
export function specOf({ page, store }, changes = {}) {
  const { source, mode, python } = store.get();
  return { source, name: page.filename, mode, python, seed: 0, record: true, ...(page.limits ? { limits: page.limits } : {}), ...changes };
}

function actionsOf(app) {
  const { store, net } = app;
  let turning = Promise.resolve();
  const turned = new Map();
  const run = () => {
    const { mode } = store.get();
    if (mode === 'controlled') return app.actions.runSteps();
    if (mode === 'find') return app.actions.find();
    app.pending = store.get().source;
    store.set({ error: null, run: 'starting' });
    net.run(specOf(app));
    return undefined;
  };
  return {
    /** Starts the shown program, once the knobs turned so far are in it. */
    run: () => turning.then(run),
    restart: () => turning.then(run),
    /** Shows a run of this program that was left. */
    follow(id) {
      app.pending = store.get().source;
      net.follow(id);
    },
    /** Resolves when the knobs turned so far are in the source. */
    settled: () => turning,
    stop: () => (store.get().mode === 'free' ? net.stop() : app.actions.stopSteps()),
    leave() {
      if (store.get().mode !== 'free') { app.actions.leaveSteps(); return; }
      net.leave();
      store.set({ run: store.get().trace ? 'ended' : 'idle', place: null });
    },
    /** What Ctrl+Enter does. */
    toggle() {
      const { run: doing, mode, search } = store.get();
      if (mode === 'find') { if (search.state === 'idle' || search.state === 'done') app.actions.run(); else app.actions.stopFinding(); return; }
      if (doing === 'live') app.actions.stop();
      else if (doing === 'idle' || doing === 'ended') app.actions.run();
    },
    /** Rewrites the knob's literal in the source; the server does it by Python's own parse. Quick turns become one request. */
    setKnob(name, value) {
      turned.set(name, value);
      turning = turning.then(() => turnKnobs(app, turned));
      return turning;
    },
    select: (thread, seq = null) => store.set({ selection: thread === null ? null : { thread, seq } }),
    /** Moves the playhead; null follows the live end. */
    seek: (t) => store.set({ playhead: t, following: t === null }),
    announce: (sentence) => store.set({ announcement: sentence }),
  };
}

async function turnKnobs({ store }, turned) {
  if (!turned.size) return;
  const values = Object.fromEntries(turned);
  turned.clear();
  const { source } = store.get();
  try {
    const answer = await fetch(address('/knobs'), { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ source, values }) });
    const body = await answer.json();
    if (!answer.ok) throw new Error(body.error?.message ?? 'The knob could not be turned.');
    if (store.get().source === source) store.set({ source: body.source, error: null });
  } catch (error) {
    store.set({ error: { message: error.message }, announcement: error.message });
  }
}

/** When a run has ended: says so, and points at the line that was wrong. */
function afterRun({ store }) {
  const { run, trace } = store.get();
  if (store.get().mode !== 'free') return;
  if (run === 'live') store.set({ announcement: 'The program runs.' });
  if (run !== 'ended' || !trace?.ended) return;
  const end = trace.ended;
  store.set({ announcement: end.sentence || 'The run has ended.', error: wrongLine(trace, end) });
}

/** The line that ended the program, with its message: a syntax error's, or the one an exception left from. */
export function wrongLine(trace, end) {
  if (end.outcome !== 'failed' || !end.error) return null;
  const crash = trace.findings.find((finding) => finding.kind === 'crash');
  const step = crash?.steps?.length ? trace.eventAt(crash.steps.at(-1)) : null;
  const line = end.line || Number(/\bline (\d+)/.exec(`${end.message} ${end.sentence}`)?.[1] ?? 0) || step?.line || 0;
  const message = end.message ? `${end.error}: ${end.message}` : step?.text || end.error;
  return line ? { line, message: message.replace(/\s*\(<?[^()]*, line \d+\)$/, '') } : null;
}
