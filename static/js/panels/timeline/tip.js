// The tooltip of a span or of an object's row: 250 ms after the pointer came to rest, at once by keyboard.
import { duration } from '../../core/words.js';
import { nameOf, objectName } from '../../core/sentences.js';
import { h, tag } from '../dom.js';
import { codeAt, nodesOf, stateMark } from './words.js';

const DELAY_MS = 250, WIDE = 268;

/** {show(build, x, y, at once), hide()}: `build` makes the content when the time has come; x, y are viewport pixels. */
export function makeTip(root) {
  const tip = h('div', { class: 'tip tl-tip', role: 'tooltip', hidden: true });
  root.append(tip);
  let timer = 0, key = '';
  const hide = () => { clearTimeout(timer); timer = 0; key = ''; tip.hidden = true; };
  return {
    element: tip,
    hide,
    show(name, build, x, y, atOnce = false) {
      if (name === key && !tip.hidden) return;
      clearTimeout(timer);
      key = name;
      const open = () => {
        const content = build();
        if (!content) { hide(); return; }
        tip.replaceChildren(...content);
        tip.hidden = false;
        const high = tip.offsetHeight;
        tip.style.left = `${Math.max(8, Math.min(x, innerWidth - WIDE - 8))}px`;
        tip.style.top = `${y + high + 12 > innerHeight ? Math.max(8, y - high - 44) : y + 8}px`;
      };
      if (atOnce || !tip.hidden) open(); else timer = setTimeout(open, DELAY_MS);
    },
  };
}

/** What the tooltip says about a span. */
export function spanTip(app, trace, facts, dead) {
  const thread = trace.threads[facts.thread];
  if (!thread) return null;
  return [
    h('div', { class: 'row' }, tag(thread), h('b', {}, thread.name), stateMark(app, facts.state, dead, facts.unborn ? 'never began' : ''), h('span', { class: 'grow' }), h('b', { class: 'num' }, duration(facts.lasted))),
    facts.says.length ? h('div', { class: 'sub' }, ...nodesOf(trace, facts.says)) : facts.sampled ? h('div', { class: 'sub' }, 'seen from outside the program') : null,
    facts.line ? h('div', { class: 'sub' }, codeAt(app, facts.line)) : null,
    facts.woken ? h('div', { class: 'sub' }, `woken by ${nameOf(trace, facts.woken.thread)} at ${duration(facts.woken.at)}`) : null,
  ].filter(Boolean);
}

/** What the tooltip says about an object at a time. */
export function objectTip(trace, obj, t) {
  const info = trace.objects.get(obj), at = trace.objectAt(obj, t);
  if (!info) return null;
  const head = h('div', { class: 'row' }, h('b', { class: 'mono' }, objectName(trace, obj)), h('span', { class: 'faint' }, info.primitive), h('span', { class: 'grow' }), h('span', { class: 'num' }, duration(t)));
  if (!at.known) return [head, h('div', { class: 'sub' }, 'not known: not every event of it was kept here')];
  const names = (ids) => ids.map((id) => nameOf(trace, id)).join(', ');
  const value = /Queue$/.test(info.primitive) ? `${at.value ?? 0}${info.capacity ? ` of ${info.capacity}` : ''} in it` : /Semaphore$/.test(info.primitive) ? `${at.value} of ${info.capacity} free`
    : info.primitive === 'Event' ? (at.value ? 'set' : 'not set') : info.primitive === 'Barrier' ? `${at.value ?? 0} of ${info.capacity} there` : '';
  return [
    head,
    value ? h('div', { class: 'sub' }, value) : null,
    at.items?.length ? h('div', { class: 'sub' }, 'next out: ', h('code', {}, at.items.slice(0, 6).join(', ') + (at.items.length > 6 ? ' \u2026' : ''))) : null,
    info.shape === 'owner' || at.owner !== null ? h('div', { class: 'sub' }, at.owner === null ? 'no owner' : `held by ${nameOf(trace, at.owner)}`) : null,
    h('div', { class: 'sub' }, at.waiters.length ? `waiting: ${names(at.waiters.slice(0, 6))}${at.waiters.length > 6 ? ` and ${at.waiters.length - 6} more` : ''}` : 'nobody waits'),
  ].filter(Boolean);
}
