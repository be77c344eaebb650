/** The Schedule mode as actions: who runs next, stepping to and fro, branches. Stepping is local; a new pick is a run with a longer schedule. */
import { CLOCK } from './core/steps.js';
import { readSchedule } from './core/run_lengths.js';
import { createNet } from './net/socket.js';
import { Replaced, createRunner } from './net/runner.js';

const MOST_KEPT = 60, QUIET_MS = 300;
/** Endings that the same run has again; a run that was stopped may come further the next time. */
const REPEATABLE = new Set(['ok', 'failed', 'deadlock']);
const STASHED = ['trace', 'steps', 'step', 'run', 'ranSource', 'branches', 'branch', 'schedule', 'playhead', 'selection', 'error', 'note'];

/** The store's keys of this mode. @param {any} page */
export const schedulingState = (page) => ({ granularity: page.granularity || 'access', steps: null, step: 0, schedule: page.schedule ?? '', branches: [], branch: 0, preview: null, note: '', picking: false, picked: 0 });

/** @param {any} app @param {{socketAddress: string, specOf: (changes: any) => any, wrongLine: (trace: any, end: any) => any}} how */
export function schedulingActions(app, { socketAddress, specOf, wrongLine }) {
  const { store, vocabulary } = app;
  const kept = new Map(), under = new Map();
  const stash = { free: fresh(), steps: fresh() };
  let quiet = 0, wanted = 0;
  const runner = createRunner({ open: () => createNet({ url: socketAddress }), vocabulary, onStatus: show });

  /** Runs take milliseconds: only what lasts is said. */
  function show(status) {
    clearTimeout(quiet);
    if (status.run === 'queued' || status.run === 'reconnecting') store.set({ ...status, eta: status.eta ?? null });
    else quiet = setTimeout(() => { if (runner.busy) store.set({ run: status.run }); }, QUIET_MS);
  }

  const keyOf = (spec) => JSON.stringify([spec.source, spec.python, spec.granularity, spec.schedule, spec.seed]);
  function spec(schedule, granularity = store.get().granularity) {
    return specOf({ mode: 'controlled', granularity, schedule });
  }
  /** The run along that schedule: from memory, or from the server. */
  async function along(wish, how) {
    const key = keyOf(wish);
    if (kept.has(key)) return kept.get(key);
    if (!under.has(key)) under.set(key, runner.along(wish, how).finally(() => under.delete(key)));
    const result = await under.get(key);
    if (!REPEATABLE.has(result.trace.ended?.outcome) || !result.steps.count) return result;
    if (kept.size >= MOST_KEPT) kept.delete(kept.keys().next().value);
    kept.set(key, result);
    return result;
  }

  /** Runs and shows; `place(result)` says what the store gets beside the result. False where it failed or a newer wish came. */
  async function open(wish, place) {
    const turn = ++wanted;
    store.set({ error: null, picking: true, preview: null });
    try {
      const result = await along(wish);
      if (turn !== wanted) return false;
      clearTimeout(quiet);
      const patch = place(result);
      store.set({ ...shownAs(result), ...patch, picking: false, place: null, ...(result.steps.count || !result.trace.ended ? {} : { error: wrongLine(result.trace, result.trace.ended) }) });
      moved(patch.step, patch.picked);
      return true;
    } catch (error) {
      clearTimeout(quiet);
      if (error instanceof Replaced) return false;
      store.set({ picking: false, note: '', run: store.get().trace ? 'ended' : 'idle', error: { message: error.message, code: error.code, line: error.line }, announcement: error.message });
      return false;
    }
  }

  const shownAs = (result) => ({ trace: result.trace, steps: result.steps, ranSource: result.source, run: 'ended', version: store.get().version + 1, selection: null, hover: null, view: null, following: false });

  /** Everything that hangs on the cursor. `picked`: the step that was just chosen; those after it came by themselves. */
  function moved(step, picked = 0) {
    const { steps } = store.get();
    const k = Math.max(0, Math.min(step, steps.count));
    store.set({ step: k, preview: null, picked, playhead: steps.timeOf(k), schedule: steps.prefix(k) });
  }

  const branchOf = (id, from, result) => ({ id, from, choices: result.steps.choices, result });
  const stale = () => store.get().source !== store.get().ranSource;

  /** From the beginning, by default: each thread goes on as long as it can. The cursor comes to the first real choice. */
  function runSteps(note = '') {
    return open(spec(''), (result) => ({ step: firstChoice(result.steps), branches: [branchOf(1, 0, result)], branch: 1, note: note || problem(result) }));
  }
  function firstChoice(steps) {
    return steps.isChoice(0) ? 0 : Math.max(0, steps.nextChoice(0, 1));
  }

  /** Along a given text. The cursor comes to `step`; null: to the end of the run; below 0: to the end of what the text says. */
  function openAlong(schedule, step = null, source = undefined) {
    if (source !== undefined && source !== store.get().source) store.set({ source });
    const text = readSchedule(schedule);
    if (text) store.set({ granularity: text.granularity });
    if (!text && schedule) { store.set({ error: { message: 'That is no schedule: it must have five parts, the first of them tp1.' } }); return Promise.resolve(false); }
    if (!text) return open(spec(''), (result) => ({ step: step ?? result.steps.count, branches: [branchOf(1, 0, result)], branch: 1, note: problem(result) }));
    return open(spec(schedule, text.granularity), (result) => {
      const { leftOff, count } = result.steps, fits = leftOff < 0;
      const note = fits ? problem(result) : `The schedule was followed for ${leftOff} of its ${text.choices.length} steps; then it no longer fits this program and left off.`;
      const at = step === null ? count : step < 0 ? text.choices.length : step;
      return { step: fits ? at : Math.min(at, leftOff), branches: [branchOf(1, 0, result)], branch: 1, note };
    });
  }

  /** The run with `thread` next, k steps as they are: a wish, or null where the run did not say how its schedules begin. */
  function wishFor(thread, k) {
    const { steps } = store.get(), schedule = steps.prefix(k, [thread]);
    return schedule ? spec(schedule) : null;
  }

  /** Chooses who makes the next step. Steps after it in which only one can go on follow by themselves, up to the next choice. */
  async function pick(thread) {
    const { steps, step: k, branches } = store.get();
    if (!steps || (thread === CLOCK ? !steps.mayTick(k) : !steps.readyAt(k).includes(thread))) return false;
    if (stale()) return runSteps('The program was edited, so the steps start anew.');
    if (steps.chosenAt(k) === thread) { moved(steps.untilChoice(k + 1), k + 1); return true; }
    const way = [...steps.choicesTo(k), thread];
    const known = branches.find((each) => each.choices.length > k && way.every((who, i) => each.choices[i] === who));
    if (known) { showBranch(known, known.result.steps.untilChoice(k + 1), k + 1); return true; }
    const wish = wishFor(thread, k);
    if (!wish) return false;
    return open(wish, (result) => {
      const id = Math.max(0, ...branches.map((each) => each.id)) + 1;
      return { step: result.steps.untilChoice(k + 1), picked: k + 1, branches: [...branches, branchOf(id, k, result)], branch: id, note: problem(result) };
    });
  }

  function showBranch(branch, step, picked = 0) {
    wanted++;
    store.set({ ...shownAs(branch.result), branch: branch.id, step, note: problem(branch.result), picking: false, error: null });
    moved(step, picked);
  }

  /** Puts the cursor behind step k: solid up to there, what follows would happen. */
  function stepTo(k) {
    if (!store.get().steps) return;
    moved(k);
  }

  /** What a card's thread would lead to, shown as the ghost; null shows the own one again. */
  async function look(thread) {
    const { steps, step: k } = store.get();
    if (thread === null || !steps || stale() || steps.chosenAt(k) === thread) { store.set({ preview: null }); return; }
    const wish = wishFor(thread, k);
    if (!wish) return;
    const turn = wanted;
    look.at = thread;
    try {
      const result = await along(wish, { ahead: true });
      const now = store.get();
      if (turn === wanted && look.at === thread && now.steps === steps && now.step === k) store.set({ preview: { ...result, thread } });
    } catch { /* nobody asked for it aloud */ }
  }

  function setMode(mode) {
    const { mode: before, run, place } = store.get();
    if (mode === before || run === 'queued') return;
    const group = (each) => (each === 'free' ? 'free' : 'steps');
    if (group(mode) !== group(before)) {
      if (group(before) === 'free' && ['live', 'starting', 'reconnecting'].includes(run)) app.net.stop();
      if (group(before) === 'steps') { runner.stop(); wanted++; }
      stash[group(before)] = Object.fromEntries(STASHED.map((key) => [key, store.get()[key]]));
      if (['live', 'starting', 'reconnecting'].includes(run)) stash[group(before)].run = store.get().trace ? 'ended' : 'idle';
      store.set({ mode, ...stash[group(mode)], preview: null, picking: false, hover: null, view: null, following: mode === 'free', place: null, version: store.get().version + 1 });
    } else store.set({ mode });
    if (mode !== 'free') runner.warm();
  }

  return {
    setMode, runSteps, openAlong, pick, stepTo, look,
    /** Shows that branch at the step where it left the others. */
    branchTo(id) {
      const branch = store.get().branches.find((each) => each.id === id);
      if (branch) showBranch(branch, id === 1 ? firstChoice(branch.result.steps) : Math.min(branch.from + 1, branch.choices.length));
    },
    setGranularity(granularity) {
      if (granularity === store.get().granularity) return;
      store.set({ granularity, schedule: '' });
      if (store.get().steps) runSteps();
    },
    stopSteps: () => runner.stop(),
    leaveSteps() { runner.leave(); store.set({ run: store.get().trace ? 'ended' : 'idle', place: null, picking: false }); },
    /** Ways that were tried in this visit: [{choices, end}], for what is known of a card's endings. */
    triedWays: () => [...kept.values()].filter((result) => result.source === store.get().source && result.spec.granularity === store.get().granularity && result.trace.ended)
      .map(({ steps, trace }) => ({ choices: steps.choices, end: trace.ended, id: steps.schedule })),
  };
}

/** A mode before anything ran in it. */
function fresh() {
  return { trace: null, steps: null, step: 0, run: 'idle', ranSource: null, branches: [], branch: 0, schedule: '', playhead: null, selection: null, error: null, note: '' };
}

/** Why there are no steps, or not all of them. */
function problem({ trace, steps }) {
  const end = trace.ended;
  if (!end || end.outcome === 'ok' || end.outcome === 'deadlock' || (end.outcome === 'failed' && steps.count)) return '';
  return end.sentence || end.message || '';
}
