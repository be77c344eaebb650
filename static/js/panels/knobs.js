/** Knobs: each turns one literal of the shown code; what you see is what runs. Turned after a run, the program runs again. */
import { h, icon, say } from './dom.js';
import { findLiterals } from './knob_literals.js';

const RERUN_PAUSE_MS = 250;
const BIG_STEP = 5;

export function mount(root, app) {
  const { page, store, actions } = app;
  const row = h('div', { class: 'knobs' });
  const missing = h('p', { class: 'knobs-missing', hidden: true });
  root.append(row, missing);
  let rerun = 0;
  const turned = (name, text) => {
    actions.setKnob(name, text);
    clearTimeout(rerun);
  };
  const released = () => {
    clearTimeout(rerun);
    if (store.get().run !== 'idle') rerun = setTimeout(() => actions.restart(), RERUN_PAUSE_MS);
  };
  const knobs = page.knobs.map((knob) => {
    const view = kindOf(knob)(knob, turned, released);
    view.element.addEventListener('pointerenter', () => store.set({ hotKnob: knob.name }));
    view.element.addEventListener('pointerleave', () => store.set({ hotKnob: null }));
    row.append(view.element);
    return { ...knob, ...view };
  });
  const names = page.knobs.map((knob) => knob.name);
  const follow = () => {
    const found = findLiterals(app.editor.state, names);
    const values = {};
    for (const knob of knobs) {
      const literal = found.get(knob.name);
      knob.element.hidden = !literal;
      if (!literal) continue;
      knob.show(literal.text);
      values[knob.name] = literal.text;
    }
    store.set({ knobs: values });
    const lost = names.filter((name) => !found.has(name));
    missing.hidden = !lost.length;
    say(missing, lost.length ? `${lost.join(', ')} ${lost.length === 1 ? 'is' : 'are'} not in the code any more, so there is no knob for ${lost.length === 1 ? 'it' : 'them'}.` : '');
  };
  const off = store.on(['source'], follow);
  if (app.editor) follow();
  return () => { off(); clearTimeout(rerun); root.replaceChildren(); };
}

function kindOf(knob) {
  if (!knob.choices?.length) return range;
  return knob.choices.length === 2 && new Set(knob.choices).isSupersetOf(new Set(['True', 'False'])) ? toggle : choice;
}

/** Programs write knobs in capitals; without a label the name itself is it. */
const caption = (knob) => h('span', { class: knob.label ? null : 'mono' }, knob.label || knob.name);
const labelOf = (knob) => (knob.label ? `${knob.label} (${knob.name})` : knob.name);

function range(knob, turned, released) {
  const value = h('output', {});
  const input = h('input', { type: 'range', min: knob.low, max: knob.high, step: 1, 'aria-label': labelOf(knob) });
  const show = (text) => {
    const number = Number(text.replaceAll('_', ''));
    if (Number.isFinite(number)) input.value = String(number);
    say(value, text);
    input.style.setProperty('--fill', `${(100 * (Number(input.value) - knob.low)) / Math.max(1, knob.high - knob.low)}%`);
  };
  const turn = () => { show(input.value); turned(knob.name, input.value); };
  input.addEventListener('input', turn);
  input.addEventListener('change', released);
  input.addEventListener('keydown', (event) => {
    const step = { PageUp: BIG_STEP, PageDown: -BIG_STEP }[event.key];
    if (!step) return;
    event.preventDefault();
    input.value = String(Number(input.value) + step);
    turn();
    released();
  });
  return { element: h('div', { class: 'knob', 'data-knob': knob.name }, h('div', { class: 'k' }, caption(knob), value), input), show };
}

function choice(knob, turned, released) {
  const select = h('select', { 'aria-label': labelOf(knob) }, ...knob.choices.map((text) => h('option', { value: text }, text)));
  const own = h('option', { hidden: true, disabled: true });
  select.append(own);
  select.addEventListener('change', () => { turned(knob.name, select.value); released(); });
  const show = (text) => {
    const known = knob.choices.find((each) => same(each, text));
    own.textContent = own.value = known ? '' : text;
    select.value = known ?? text;
  };
  return { element: h('div', { class: 'knob', 'data-knob': knob.name }, h('div', { class: 'k' }, caption(knob)), h('div', { class: 'pick' }, select, icon('down'))), show };
}

function toggle(knob, turned, released) {
  const word = h('span', {});
  const button = h('button', { class: 'toggle', type: 'button', role: 'switch', 'aria-label': labelOf(knob) }, h('i', {}), word);
  const show = (text) => { button.setAttribute('aria-checked', String(text === 'True')); say(word, text); };
  button.addEventListener('click', () => {
    const text = button.getAttribute('aria-checked') === 'true' ? 'False' : 'True';
    show(text);
    turned(knob.name, text);
    released();
  });
  return { element: h('div', { class: 'knob', 'data-knob': knob.name }, h('div', { class: 'k' }, caption(knob)), button), show };
}

const same = (one, other) => one.replace(/\s+/g, '') === other.replace(/\s+/g, '');
