// What a thread does at one step of a controlled run: the state its lane shows, and what it waits for.
import { BLOCKED, CRASHED, DONE, IDLE_WAITS, NEW, NONE, READY, RUNNING, SLEEPING } from './states.js';
import { nameOf, objectName } from './sentences.js';

const NOTHING = Object.freeze({ state: NONE, obj: 0, idle: false });

/**
 * {state, obj, idle} of `thread` in column k (the one of step k + 1): RUNNING if it makes that step, else how it stands meanwhile.
 * `obj` is what it waits for, `idle` a wait that holds nobody up.
 */
export function stateIn(steps, trace, thread, k) {
  if (steps.chosenAt(k) === thread) return { state: RUNNING, obj: 0, idle: false };
  return standing(steps, trace, thread, k);
}

/** The same at the moment between two steps: nobody is running then, but for whoever was running when the run was cut off. */
export function standing(steps, trace, thread, k) {
  if (steps.overAfter(thread) <= k) return { state: crashed(trace, thread) ? CRASHED : DONE, obj: 0, idle: false };
  const stand = steps.standAt(thread, k);
  if (!stand) return trace.threads[thread] ? { state: NEW, obj: 0, idle: false } : NOTHING;
  if (steps.readyAt(k).includes(thread)) return { state: READY, obj: 0, idle: false };
  const seen = trace.stateAt(thread, steps.timeOf(k));
  if (seen.state === SLEEPING || (seen.state === RUNNING && k >= steps.count && trace.ended?.outcome !== 'deadlock')) return { state: seen.state, obj: 0, idle: false };
  const kind = seen.state === BLOCKED ? trace.kinds[trace.events.kind[seen.seq - trace.firstSeq]]?.name : '';
  return { state: BLOCKED, obj: seen.state === BLOCKED && seen.obj ? seen.obj : stand.obj, idle: IDLE_WAITS.has(kind) || stand.kind === 'thread.join' };
}

/** Operations that may be begun without getting what they ask for. */
const ASKING = /^(lock|semaphore)\.acquire$|^queue\.(put|get)$/;

/**
 * How step k (from 1) belongs to a wait: "waits" if it asked in vain and waits from now on, "woken" if it goes on after the wait that the same
 * operation began, else "".
 */
export function turnOf(steps, trace, k) {
  const { thread, stand } = steps.step(k);
  if (thread < 0 || !stand) return '';
  if (ASKING.test(stand.kind)) {
    const after = trace.stateAt(thread, steps.timeOf(k));
    if (after.state === BLOCKED && after.obj === stand.obj) return 'waits';
  }
  return goesOn(steps, trace, thread, k - 1) ? 'woken' : '';
}

/** Whether what that thread would do next, k steps done, is to go on after a wait. */
export function goesOn(steps, trace, thread, k) {
  const stand = steps.standAt(thread, k);
  let before = k;
  while (before > 0 && steps.chosenAt(before - 1) !== thread) before--;
  if (!stand || !before) return false;
  const { stand: did } = steps.step(before), { state } = trace.stateAt(thread, steps.timeOf(before));
  return (state === BLOCKED || state === SLEEPING) && did?.kind === stand.kind && did.obj === stand.obj && did.line === stand.line;
}

function crashed(trace, thread) {
  const { spans } = trace.lanes[thread] ?? { spans: { count: 0 } };
  return spans.count > 0 && spans.state[spans.count - 1] === CRASHED;
}

/** Threads of a deadlock that the run ended in; they cannot go on for ever after. */
export const stuckFor = (trace) => new Set(trace.findings.filter((finding) => finding.kind === 'deadlock').flatMap((finding) => finding.threads));

/** "waits for b.lock", "joins Transfer-1", "sleeps": what a thread that cannot go on is doing. */
export function waitWords(trace, stand, { state, obj }) {
  if (state === SLEEPING) return 'sleeps';
  if (stand?.kind === 'thread.join') return `joins ${ofThread(trace, obj) ?? stand.name}`;
  const name = obj ? objectName(trace, obj) : stand?.name;
  const info = trace.objects.get(obj);
  if (info && /Queue$/.test(info.primitive)) return stand?.kind.endsWith('put') ? `${name} full` : stand?.kind.endsWith('join') ? `joins ${name}` : `${name} empty`;
  return name ? `waits for ${name}` : 'waits';
}

/** A Thread object is spoken of as its thread. */
function ofThread(trace, obj) {
  const thread = trace.threads.find((each) => each?.obj === obj);
  return thread ? nameOf(trace, thread.id) : null;
}
