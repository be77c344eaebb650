/** How to search: with which strategy, stopping threads where, how long. */
import { isSearching, within } from '../finding.js';
import { h, icon } from './dom.js';

/** What is offered where the server's words have not come. */
const OTHERWISE = { strategies: [{ id: 'auto', word: 'automatic', sentence: '' }], granularities: [{ id: 'access', word: 'each read and write', sentence: '' }] };

/** @returns {{element: Element, end: () => void}} */
export function settings(app) {
  const words = (key) => (app.vocabulary[key]?.length ? app.vocabulary[key] : OTHERWISE[key]);
  const most = within(app.page, { max_executions: Infinity, max_seconds: Infinity });
  const set = (patch) => app.store.set({ hunt: { ...app.store.get().hunt, ...patch } });
  const strategy = select('Strategy', words('strategies'), (id) => set({ strategy: id }));
  const level = select('Switch at', words('granularities'), (id) => set({ granularity: id }));
  const orders = number('Executions at most', 1, most.max_executions, 'max_executions', set), seconds = number('Seconds at most', 1, most.max_seconds, 'max_seconds', set);
  const element = h('div', { class: 'hunt', role: 'group', 'aria-label': 'How to search' }, strategy.element, level.element, orders.element, seconds.element);
  const fields = [[strategy, 'strategy'], [level, 'granularity'], [orders, 'max_executions'], [seconds, 'max_seconds']];
  const draw = () => {
    const { hunt, search } = app.store.get(), busy = isSearching(search);
    for (const [field, key] of fields) {
      if (document.activeElement !== field.input) field.input.value = String(hunt[key]);
      field.input.disabled = busy;
      field.input.title = busy ? 'A search is under way' : field.sentence?.(hunt[key]) ?? '';
    }
  };
  const off = app.store.on(['hunt', 'search'], draw);
  draw();
  return { element, end: off };
}

function select(label, choices, take) {
  const input = h('select', { onchange: () => take(input.value) }, ...choices.map(({ id, word }) => h('option', { value: id }, word)));
  const element = h('label', { class: 'field-pick' }, h('span', {}, label), h('span', { class: 'pick' }, input, icon('down')));
  return { element, input, sentence: (id) => choices.find((each) => each.id === id)?.sentence ?? '' };
}

/** A whole number; what is none, or out of bounds, is put right when one leaves the field. */
function number(label, least, most, key, set) {
  const input = h('input', { type: 'number', inputmode: 'numeric', min: least, max: most, step: 1, required: true });
  const settle = () => {
    const value = Math.round(Number(input.value));
    const kept = Number.isFinite(value) && input.value !== '' ? Math.min(most, Math.max(least, value)) : least;
    input.value = String(kept);
    set({ [key]: kept });
  };
  input.addEventListener('change', settle);
  return { element: h('label', { class: 'field-number' }, h('span', {}, label), input), input };
}
