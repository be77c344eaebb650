/** What stands under the pointer in the picture of the steps. */
import { waitWords, stateIn } from '../../core/step_states.js';
import { BLOCKED, RUNNING, SLEEPING } from '../../core/states.js';
import { CLOCK } from '../../core/steps.js';
import { h, tag } from '../dom.js';
import { makeTip, objectTip } from '../timeline/tip.js';
import { codeAt, stateMark } from '../timeline/words.js';
import { deed } from './sentence.js';

/** {at(run, column, row, event, view), hide()} */
export function makeStepTip(root, app) {
  const tip = makeTip(root);
  return {
    hide: tip.hide,
    at({ steps, trace }, column, row, event, view) {
      if (column < 0 || !row || !steps || column >= steps.count) { tip.hide(); return; }
      const y = event.currentTarget.parentElement.parentElement.getBoundingClientRect().top + row.y + row.h - 6, x = event.clientX + 10;
      const key = `${trace.run}|${column}|${row.kind}|${row.id ?? row.obj}`;
      if (row.kind === 'object') tip.show(key, () => objectTip(trace, row.obj, steps.timeOf(column + 1)), x, y);
      else if (row.kind === 'lane') tip.show(key, () => laneTip(app, trace, steps, row.id, column), x, y);
      else tip.show(key, () => [h('div', { class: 'row' }, h('b', {}, steps.chosenAt(column) === CLOCK ? 'Time passes' : 'The clock stands still'))], x, y);
    },
  };
}

function laneTip(app, trace, steps, thread, column) {
  const of = trace.threads[thread], at = stateIn(steps, trace, thread, column), stand = steps.standAt(thread, column);
  if (!at.state) return null;
  const words = at.state === RUNNING ? deed(trace, steps, column + 1, app.store.get().ranSource ?? '') : at.state === BLOCKED || at.state === SLEEPING ? [{ text: waitWords(trace, stand, at) }] : [];
  return [
    h('div', { class: 'row' }, tag(of), h('b', {}, of.name), stateMark(app, at.state), h('span', { class: 'grow' }), h('span', { class: 'num faint' }, `step ${column + 1}`)),
    words.length ? h('div', { class: 'sub' }, ...words.map((part) => (part.code === undefined ? part.text : h('code', {}, part.code)))) : null,
    stand?.line ? h('div', { class: 'sub' }, codeAt(app, stand.line)) : null,
  ].filter(Boolean);
}
