/** To the start, back, forward, to the end; and where one is. The same on the card's head and in the bar of a phone. */
import { h, icon, say } from '../dom.js';

/** {element, update()}: `phone` gives the large form. */
export function makeTransport(app, { phone = false } = {}) {
  const { store, actions } = app;
  const button = (picture, label, key, go, extra = '') => h('button', { class: `btn icon ${extra}`, type: 'button', 'aria-label': label, 'data-go': key, onclick: go }, icon(picture));
  const at = () => store.get().step;
  const start = button('start', 'To the start', 'start', () => actions.stepTo(0));
  const back = button('back', 'Step back', 'back', () => actions.stepTo(at() - 1), phone ? 'line' : '');
  const forward = phone
    ? h('button', { class: 'btn primary', type: 'button', 'data-go': 'forward', 'aria-label': 'Step forward', onclick: () => actions.stepTo(at() + 1) }, icon('fwd'), 'Step')
    : button('fwd', 'Step forward', 'forward', () => actions.stepTo(at() + 1));
  const end = button('end', 'To the end', 'end', () => actions.stepTo(Infinity));
  const here = h('b', {}), all = h('span', {}), branch = h('div', { class: 'faint' });
  const place = phone ? h('div', { class: 'grow pos num' }, here, all, branch) : h('span', { class: 'pos num' }, here, all);
  const element = h('div', { class: phone ? 'trans big' : 'trans', role: 'group', 'aria-label': 'Steps' }, start, back, place, forward, end);
  const enable = (one, on, why) => {
    one.disabled = !on;
    one.title = on ? one.getAttribute('aria-label') : why;
  };
  return {
    element,
    update() {
      const { steps, step, branch: id, branches } = store.get(), count = steps?.count ?? 0;
      say(here, count ? `Step ${step}` : steps ? 'No steps' : 'No steps yet');
      say(all, count ? ` of ${count}` : '');
      say(branch, branches.length > 1 ? `branch ${id}` : '');
      for (const one of [start, back]) enable(one, Boolean(steps) && step > 0, steps ? 'This is the start' : 'Run it first');
      for (const one of [forward, end]) enable(one, Boolean(steps) && step < count, steps ? 'This is the end' : 'Run it first');
    },
  };
}
