/** The steps of the failure that Find found, as a table: who did what, where; a press shows that step. */
import { turnOf } from '../core/step_states.js';
import { doesWhat } from '../core/step_words.js';
import { failureShown, isCurrent } from '../finding.js';
import { h, tag } from './dom.js';

/** Kinds of operations that move no memory: they matter even where no shared name is involved. */
const AT_PRIMITIVE = /^(lock|rlock|condition|semaphore|event|barrier|queue|thread|clock|time|timer)\b/;

export function mount(root, app) {
  const title = h('h2', { id: 'steps-title' }, 'Steps'), which = h('button', { class: 'btn s', type: 'button', onclick: () => { all = !all; drawn = null; draw(); } });
  const body = h('tbody'), table = h('table', {}, h('thead', {}, h('tr', {}, ...['Step', 'Thread', 'Did', 'Line'].map((word) => h('th', { scope: 'col' }, word)))), body);
  const scroll = h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-labelledby': 'steps-title' }, table);
  root.append(h('div', { class: 'head' }, title, h('span', { class: 'faint' }, 'of the failing order'), h('span', { class: 'grow' }), which), scroll);
  let all = false, drawn = null, at = null;

  const draw = () => {
    const state = app.store.get(), failure = state.search.explored?.failure;
    root.hidden = !failure?.steps?.length || !isCurrent(state);
    if (root.hidden) return;
    if (drawn !== failure) {
      drawn = failure;
      at = null;
      const few = mattering(failure), rows = all ? failure.steps : few;
      which.hidden = few.length === failure.steps.length;
      which.textContent = all ? 'Only those that matter' : `All ${failure.steps.length}`;
      body.replaceChildren(...rows.map((step) => row(app, state, step)));
    }
    const now = state.step === at ? null : body.querySelector(`[data-step="${state.step}"]`);
    if (state.step === at) return;
    at = state.step;
    body.querySelector('[aria-current]')?.removeAttribute('aria-current');
    now?.setAttribute('aria-current', 'step');
    show(now);
  };
  /** Brings a row into sight, without moving anything but this table. */
  const show = (line) => {
    if (!line) return;
    const head = table.tHead.offsetHeight, top = line.offsetTop - head, bottom = line.offsetTop + line.offsetHeight - scroll.clientHeight;
    scroll.scrollTop = Math.min(top, Math.max(bottom, scroll.scrollTop));
  };
  const resized = new ResizeObserver(() => show(body.querySelector('[aria-current]')));
  resized.observe(scroll);
  const again = () => { drawn = null; draw(); };
  const offs = [app.store.on(['search', 'step', 'mode', 'source'], draw), app.store.on(['trace'], again)];
  draw();
  return () => { offs.forEach((off) => off()); resized.disconnect(); root.replaceChildren(); };
}

/** Steps at primitives and at what the failure is about, and where one thread's turn ends. */
function mattering({ steps, objects }) {
  return steps.filter((step, index) => objects.includes(step.name) || AT_PRIMITIVE.test(step.kind) || steps[index + 1]?.thread !== step.thread);
}

/** What happened, in words; `turn` is known once the run of the failure is there. */
const did = (step, turn, code) => (step.kind === 'clock.tick' ? ['moves on to the next deadline'] : doesWhat(step, { turn, code }).map((part) => (part.code ? h('code', {}, part.code) : part.text)));

const codeOf = (source, line) => (line ? source.split('\n')[line - 1]?.trim() ?? '' : '');

function row(app, state, step) {
  const { trace, steps } = state, turn = failureShown(state) ? turnOf(steps, trace, step.step + 1) : '';
  const thread = trace?.threads.find((each) => each?.name === step.thread), number = step.step + 1;
  const show = () => app.actions.stepTo?.(number);
  return h('tr', { 'data-step': number, onclick: show },
    h('td', { class: 'num' }, h('button', { class: 'to', type: 'button', 'aria-label': `Show step ${number}` }, number)),
    h('td', {}, thread ? h('span', { class: 'who-name' }, tag(thread, 'sm'), step.thread) : step.thread),
    h('td', { class: 'did' }, ...did(step, turn, codeOf(state.source, step.line))),
    h('td', { class: 'num right-aligned' }, step.line || ''));
}
