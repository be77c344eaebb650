/** One sentence for a step: who did what, and who may go on. Said aloud at every step. */
import { turnOf } from '../../core/step_states.js';
import { doesWhat, plainly } from '../../core/step_words.js';
import { CLOCK } from '../../core/steps.js';

export function stepSentence(trace, steps, k, picked = 0) {
  const at = (step) => `Step ${step}: ${whatHappened(trace, steps, step)}.`;
  const did = !k ? 'At the start.' : picked && picked < k ? `${at(picked)} ${withoutChoice(picked, k)} ${at(k)}` : at(k);
  if (k >= steps.count) return `${did} ${trace.ended?.sentence || 'The program has ended.'}`;
  const ready = steps.readyAt(k).map((thread) => trace.threads[thread]?.name ?? `thread ${thread}`);
  if (steps.mayTick(k)) ready.push('the clock');
  return `${did} ${ready.length === 1 ? `Only ${ready[0]} can go on` : `${ready.slice(0, -1).join(', ')} or ${ready.at(-1)} can go on`}.`;
}

/** Which steps after the picked one came by themselves; "" where none did. */
export const withoutChoice = (picked, k) => (!picked || picked >= k ? '' : picked + 1 === k ? `Step ${k} was without a choice.` : `Steps ${picked + 1} to ${k} were without a choice.`);

/** "Transfer-1 locks a.lock" */
export function whatHappened(trace, steps, k) {
  const { thread } = steps.step(k);
  if (thread === CLOCK) return 'time passed';
  return `${trace.threads[thread]?.name ?? `thread ${thread}`} ${plainly(deed(trace, steps, k))}`;
}

/** What step k did, as parts. */
export function deed(trace, steps, k, source = '') {
  const { thread, stand } = steps.step(k);
  if (thread === CLOCK) return [{ text: 'time passes' }];
  if (!stand) return [{ text: 'went on' }];
  return doesWhat(stand, { turn: turnOf(steps, trace, k), now: steps.valueAt(stand.name, k - 1), after: stand.kind === 'write' ? steps.valueAt(stand.name, k) : undefined, code: stand.line && source ? source.split('\n')[stand.line - 1]?.trim() ?? '' : '' });
}
