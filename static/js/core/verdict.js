// What a search came to, in words: the verdict, how sure it is, where the failure can happen, and what to do when nothing can be said.
import { plural } from './words.js';

const WHOLE = new Intl.NumberFormat('en-US');
const number = (count) => WHOLE.format(count);

/** What is looked at where threads may be stopped, by granularity: "Seen at the level of reads and writes." */
export const LEVELS = { sync: 'operations of locks, queues and threads', line: 'whole lines', access: 'reads and writes', bytecode: 'single instructions', gil: 'the places where CPython itself can switch' };

/** What mends a search that could not settle anything: words of its reason -> advice; the first that fits. */
const ADVICE = [
  [/input\(\)/, 'Write the answers into the program as values, then find again.'],
  [/may be endless|steps and was not over/, 'Give it an end, or make it smaller: fewer rounds, fewer threads.'],
  [/other than scheduling|repeat itself/, 'Look for the time, random numbers, id() or the order of a set; let the program do without, then find again.'],
  [/no execution|ended from outside|seconds|limit/, 'Make the program smaller, or give the search more seconds.'],
  [/ended its own process/, 'Let the program end by itself instead of os._exit, then find again.'],
];
const OTHERWISE = 'Let the program do without it, then find again.';

/**
 * @param {any} explored the search's message @param {{stopped?: boolean, max_executions?: number}} asked
 * @returns {{kind: "deadlock"|"exception"|"proved"|"clean"|"unsettled", word: string, sentences: string[], more: boolean}} `more`: a larger budget may find something
 */
export function verdictOf(explored, asked = {}) {
  const { verdict, failure, executions, exhausted } = explored;
  if (failure && !failure.steps?.length && !executions) {
    return { kind: 'exception', word: failure.error, sentences: [`Python cannot read the program: ${failure.message.replace(/[.\s]+$/, '')}.`], more: false };
  }
  if (failure) {
    const kind = failure.kind === 'deadlock' ? 'deadlock' : 'exception';
    const word = kind === 'deadlock' ? 'Deadlock found' : `${failure.error || 'Exception'} found`;
    return { kind, word, sentences: [failure.message ? `${failure.error}: ${failure.message.replace(/[.\s]+$/, '')}.` : '', switches(failure)].filter(Boolean), more: false };
  }
  if (verdict === 'inconclusive' && asked.stopped) {
    return { kind: 'clean', word: 'Stopped', sentences: [`${plural(executions, 'execution')} until then, none of them reported a failure. That is not a proof.`], more: false };
  }
  if (verdict === 'inconclusive') {
    const reason = explored.reason ? capital(`${explored.reason.replace(/\.$/, '')}.`) : 'The search could not come to a result.';
    return { kind: 'unsettled', word: 'Not settled', sentences: [reason, ADVICE.find(([words]) => words.test(explored.reason))?.[1] ?? OTHERWISE], more: false };
  }
  if (exhausted) return { kind: 'proved', word: 'No order fails', sentences: [allOf(explored)], more: false };
  const seen = `No failure in ${number(executions)} of an unknown number of orders. That is not a proof.`;
  return { kind: 'clean', word: 'No failure found', sentences: asked.stopped ? ['Stopped before its end.', seen] : [seen], more: !asked.stopped };
}

/** "All 3 different orders complete." Different means: not the same but for steps that do not touch each other. */
function allOf({ classes = [], classes_complete: complete = false, executions }) {
  const count = complete && classes.length ? classes.length : 0;
  if (count === 1) return 'There is only one order that differs, and it completes.';
  if (count) return `All ${number(count)} different orders complete.`;
  return `Every order that differs was covered in ${plural(executions, 'execution')}: all complete.`;
}

/** How little it takes: preemptions are switches away from a thread that could have gone on. */
export function switches({ preemptions }) {
  if (preemptions === 0) return 'Needs no forced switch: each thread ran until it had to wait.';
  return `Needs ${preemptions} ${preemptions === 1 ? 'switch' : 'switches'} at the wrong moment.`;
}

/**
 * Where a failure can happen, only as far as it is settled; `ask` is true where looking at CPython's own switch points would settle more.
 * @param {{gil: boolean|null, free_threaded: boolean|null}|null|undefined} possible @param {string} granularity @param {string} python its version, "3.13"
 */
export function whereItCanHappen(possible, granularity, python = '') {
  if (!possible) return { words: '', ask: false };
  const { gil, free_threaded: free } = possible, version = python ? ` on CPython ${python}` : '';
  if (gil === true && free === true) return { words: 'Can happen with and without the GIL.', ask: false };
  if (gil === true) return { words: 'Can happen with the GIL.', ask: false };
  const without = free === true ? 'Can happen without the GIL. ' : '';
  if (gil === false) return { words: `${without}With the GIL, not${version}: no switch falls between these steps.`, ask: false };
  const seen = LEVELS[granularity] ? `Seen at the level of ${LEVELS[granularity]}.` : '';
  return { words: `${without}${seen}`.trim(), ask: granularity !== 'gil' };
}

/** "1,240 executions, 3,100 a second". */
export function pace({ executions, seconds }) {
  const rate = seconds > 0.05 ? `, ${number(Math.round(executions / seconds))} a second` : '';
  return `${plural(executions, 'execution')}${rate}`;
}

/** "0.4 s", "12 s". */
export const elapsed = (seconds) => `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;

/** With a capital letter, unless it begins with a name of the program's. */
const capital = (words) => (/^\w*[(._]/.test(words) ? words : words.charAt(0).toUpperCase() + words.slice(1));
