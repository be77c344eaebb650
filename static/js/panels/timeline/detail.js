// Details of the selected span, docked under the lanes so that they cover none of them.
import { duration } from '../../core/words.js';
import { nameOf } from '../../core/sentences.js';
import { h, icon, tag } from '../dom.js';
import { codeAt, nodesOf, stateMark } from './words.js';

/** {show(facts or null)}; `actions` has previous, next and close. */
export function makeDetail(app, actions) {
  const element = h('div', { class: 'tl-detail', hidden: true, 'aria-label': 'Selected span' });
  let shown = '';
  return {
    element,
    show(trace, facts, dead) {
      const key = facts ? `${facts.thread}/${facts.span}/${facts.open ? Math.round(facts.to / 1e8) : facts.to}/${dead}/${facts.endSeq}/${trace.run ?? ''}` : '';
      if (key === shown) return;
      shown = key;
      element.hidden = !facts;
      const thread = facts && trace.threads[facts.thread];
      if (!thread) { element.hidden = true; return; }
      const cell = (name, ...content) => {
        const words = h('span', {}, ...content);
        words.title = words.textContent;
        return h('div', { class: 'tl-fact' }, h('span', { class: 'faint' }, name), words);
      };
      element.replaceChildren(
        h('div', { class: 'tl-who' }, tag(thread), h('b', {}, thread.name), stateMark(app, facts.state, dead, facts.unborn ? 'never began' : '')),
        cell(facts.open ? 'so far' : 'lasted', h('b', { class: 'num' }, duration(facts.lasted))),
        cell('from', h('span', { class: 'num' }, duration(facts.from)), facts.open ? '' : ` to ${duration(facts.to)}`),
        facts.says.length ? cell('what', ...nodesOf(trace, facts.says)) : '',
        facts.line ? cell('at', codeAt(app, facts.line)) : '',
        facts.woken ? cell('woken by', `${nameOf(trace, facts.woken.thread)} at ${duration(facts.woken.at)}`) : '',
        h('span', { class: 'grow' }),
        h('div', { class: 'tl-buttons' },
          h('button', { class: 'btn icon s', type: 'button', 'aria-label': 'Previous span of this thread', onclick: actions.previous }, icon('back')),
          h('button', { class: 'btn icon s', type: 'button', 'aria-label': 'Next span of this thread', onclick: actions.next }, icon('fwd')),
          h('button', { class: 'btn icon s', type: 'button', 'aria-label': 'Close details', onclick: actions.close }, icon('x'))));
    },
  };
}
