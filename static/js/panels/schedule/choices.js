/** Who runs next: a card for each thread that may, with what it would do and how that is known to end. The mouse or the focus on a card shows its ghost. */
import { doesWhat } from '../../core/step_words.js';
import { BLOCKED } from '../../core/states.js';
import { goesOn, standing, turnOf } from '../../core/step_states.js';
import { CLOCK } from '../../core/steps.js';
import { h, icon, tag } from '../dom.js';
import { endOf, knownEndings } from './endings.js';
import { withoutChoice } from './sentence.js';

const COUNT = ['', 'One', 'Two', 'Three', 'Four', 'Five', 'Six', 'Seven', 'Eight', 'Nine'];
const LOOK_MS = 60;

/** {element, update(), options()} */
export function makeChoices(app) {
  const { store, actions } = app;
  const element = h('div', { class: 'who-next', role: 'group', 'aria-label': 'Who runs next' });
  let drawn = '', timer = 0;

  const look = (thread) => { clearTimeout(timer); timer = setTimeout(() => actions.look(thread), thread === null ? 0 : LOOK_MS); };
  element.addEventListener('pointerover', (event) => { const card = event.target.closest('[data-pick]'); look(card ? Number(card.dataset.pick) : null); });
  element.addEventListener('pointerleave', () => look(null));
  element.addEventListener('focusin', (event) => { const card = event.target.closest('[data-pick]'); if (card) look(Number(card.dataset.pick)); });
  element.addEventListener('focusout', (event) => { if (!element.contains(event.relatedTarget)) look(null); });
  element.addEventListener('click', (event) => {
    const card = event.target.closest('[data-pick]');
    if (card) pick(Number(card.dataset.pick));
  });

  /** The focus goes along from card to card. */
  async function pick(thread) {
    const within = element.contains(document.activeElement);
    clearTimeout(timer);
    await actions.pick(thread);
    if (!within || element.contains(document.activeElement)) return;
    requestAnimationFrame(() => element.querySelector('[data-default], [data-pick]')?.focus({ preventScroll: true }));
  }

  /** Thread ids (and the clock) that may be chosen now, in the order of their numbers. */
  function options() {
    const { steps, step } = store.get();
    if (!steps || step >= steps.count) return [];
    return [...steps.readyAt(step), ...(steps.mayTick(step) ? [CLOCK] : [])];
  }

  function card(thread, index, alone) {
    const { steps, step: k, trace, preview, source, ranSource } = store.get(), own = steps.chosenAt(k) === thread, of = trace.threads[thread];
    const shown = own ? steps : preview?.thread === thread ? preview.steps : null;
    const { marks, words } = source === ranSource ? knownEndings(app, [...steps.choicesTo(k), thread]) : { marks: [], words: 'the program was edited' };
    const clock = thread === CLOCK;
    const turn = () => (own ? turnOf(steps, trace, k + 1) : shown ? turnOf(shown, preview.trace, k + 1) : goesOn(steps, trace, thread, k) ? 'woken' : '');
    const stand = clock ? null : steps.standAt(thread, k);
    const name = clock ? 'Clock' : of.name;
    const does = clock ? [h('span', {}, 'lets time pass until the next thread wakes')] : partsOf(stand, { steps, shown, k, source: ranSource, turn: turn() });
    return h('button', { class: 'opt', type: 'button', 'data-pick': thread, 'data-default': own, 'aria-keyshortcuts': index < 9 ? String(index + 1) : null },
      h('span', { class: 'r' }, clock ? icon('clock') : tag(of), h('b', {}, clock ? 'Let time pass' : name), own && !alone ? h('span', { class: 'pill' }, 'default') : null, h('span', { class: 'grow' }), index < 9 ? h('kbd', { class: 'desk' }, String(index + 1)) : null),
      h('span', { class: 'does' }, ...does, stand?.line ? `, line ${stand.line}` : ''),
      h('span', { class: 'ends' }, h('i', {}, ...marks), words));
  }

  return {
    element,
    options,
    pick,
    update() {
      const { steps, step, trace, branch, preview, search, orders, picking, picked, source, ranSource, mode, run } = store.get();
      const all = options();
      const print = [trace?.run, steps?.count, step, branch, preview?.thread, search?.explored?.n, orders?.explored?.n, source === ranSource, mode, run, picking && !steps, picked].join('|');
      if (print === drawn && all.length) return;
      drawn = print;
      element.hidden = mode === 'find' || (steps !== null && !steps.count);
      const at = document.activeElement?.closest?.('[data-pick]')?.dataset.pick, within = element.contains(document.activeElement);
      if (!steps) element.replaceChildren(question('Who runs next?', picking ? 'Starting.' : 'Run it: you decide at every step.'));
      else if (step >= steps.count) element.replaceChildren(ended(app));
      else {
        const alone = all.length === 1;
        element.replaceChildren(question(alone ? all[0] === CLOCK ? 'Only the clock can go on' : `Only ${trace.threads[all[0]].name} can run` : 'Who runs next?', `Step ${step + 1}. ${ready(all)} ${withoutChoice(picked, step)}`, alone ? steps.nextChoice(step, 1) : -1),
          h('div', { class: 'opts' }, ...all.map((thread, index) => card(thread, index, alone))));
      }
      element.dataset.many = String(all.length);
      if (within && at !== undefined && step < (steps?.count ?? 0)) element.querySelector(`[data-pick="${at}"]`)?.focus({ preventScroll: true });
    },
  };

  function question(words, under, next = -1) {
    const { steps, step } = store.get();
    const far = steps && next < 0 ? steps.count : next;
    return h('div', { class: 'q' }, h('b', {}, words), h('span', {}, under),
      steps && step < steps.count && (next >= 0 || options().length === 1) ? h('button', { class: 'btn s line', type: 'button', onclick: () => actions.stepTo(far) }, next >= 0 ? 'To the next choice' : 'To the end') : null);
  }
}

function ready(all) {
  if (all.length === 1) return 'There is no choice here.';
  const threads = all.filter((who) => who !== CLOCK).length, clock = threads < all.length;
  if (!threads) return 'Only time can pass.';
  const words = threads === 1 ? 'One is ready' : threads === 2 ? 'Both are ready' : `${COUNT[threads] ?? threads} are ready`;
  return `${words}${clock ? ', or time can pass' : ''}.`;
}

/** What the thread would do, as nodes. */
function partsOf(stand, { steps, shown, k, source, turn }) {
  if (!stand) return ['goes on'];
  const after = shown && stand.kind === 'write' ? shown.valueAt(stand.name, k + 1) : undefined;
  const code = stand.line ? source.split('\n')[stand.line - 1]?.trim() ?? '' : '';
  return doesWhat(stand, { after, now: steps.valueAt(stand.name, k), free: stand.kind === 'lock.acquire' && turn !== 'waits', code, turn }).map((part) => (part.code === undefined ? part.text : h('code', {}, part.code)));
}

/** What stands in the place of the cards when the run is over. */
function ended(app) {
  const { steps, trace, branches } = app.store.get(), { mark, words } = endOf({ trace });
  const end = trace.ended, back = previousChoice(steps);
  const waiting = trace.threads.filter((thread) => thread && standing(steps, trace, thread.id, steps.count).state === BLOCKED).map((thread) => thread.name);
  const sentence = end?.sentence || (end?.outcome === 'ok' ? `Every thread came to its end after ${steps.count} steps.` : waiting.length ? `${waiting.join(', ')} can never go on.` : '');
  return h('div', { class: 'q over' }, h('b', {}, mark, `This order ${words}`), h('span', {}, sentence),
    back >= 0 ? h('button', { class: 'btn s line', type: 'button', onclick: () => app.actions.stepTo(back) }, branches.length > 1 ? 'Back to the last choice' : 'Back to the last choice, to try another') : null);
}

const previousChoice = (steps) => steps.nextChoice(steps.count, -1);
