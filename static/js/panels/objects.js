/** The synchronisation objects at one moment: who holds a lock, what a queue contains, how many permits are left, who waits. */
import { duration, plural } from '../core/words.js';
import { h, icon, named, say, tag } from './dom.js';
import { atMoment } from './moment.js';

const SHOWN = 24;
const SLOTS = 12;
const NAMED_WAITERS = 1;

export function mount(root, app) {
  const when = h('span', { class: 'faint num' });
  const list = h('div', { class: 'objs' });
  const empty = h('p', { class: 'empty-note' });
  root.append(h('div', { class: 'head' }, h('h2', { id: 'objects-title' }, 'Objects'), when),
    h('div', { class: 'scroll', tabindex: '0', role: 'group', 'aria-labelledby': 'objects-title' }, list, empty));
  const cards = new Map();
  let of = null;
  const draw = (trace, t) => {
    if (trace !== of) {
      of = trace;
      cards.clear();
      list.replaceChildren();
    }
    const objects = (trace?.shown ?? []).map((id) => trace.objects.get(id)).filter(Boolean);
    say(when, trace ? `at ${duration(t)}` : '');
    say(empty, objects.length > SHOWN ? `and ${plural(objects.length - SHOWN, 'more object')}` : objects.length ? '' : trace?.ended ? 'This program used no lock, queue or other such object.'
      : 'Locks, queues and their like appear here when threads use them.');
    empty.hidden = objects.length > 0 && objects.length <= SHOWN;
    for (const object of objects.slice(0, SHOWN)) {
      let card = cards.get(object.id);
      if (!card) {
        card = { element: h('div', { 'data-object': object.id }), print: null };
        cards.set(object.id, card);
        list.append(card.element);
        arrange([...cards.entries()].map(([id, each]) => [trace.objects.get(id), each.element]));
      }
      const at = trace.objectAt(object.id, t);
      const print = JSON.stringify([at.owner, at.waiters, at.value, at.items, at.shut, at.known]);
      if (print === card.print) continue;
      card.print = print;
      card.element.replaceChildren(...picture(trace, object, at));
    }
  };
  const off = atMoment(app, draw);
  return () => { off(); root.replaceChildren(); };
}

/** Queues take the whole width; the others go two by two, the last one alone takes what is left. */
function arrange(all) {
  let column = 0;
  all.forEach(([object, element], index) => {
    const next = all[index + 1]?.[0];
    const wide = isQueue(object) || (column === 0 && (!next || isQueue(next)));
    element.className = wide ? 'wide' : column ? 'second' : '';
    column = wide ? 0 : 1 - column;
  });
}

const isQueue = (object) => object.primitive.endsWith('Queue');
const isSemaphore = (object) => object.primitive.endsWith('Semaphore');

function picture(trace, object, at) {
  const head = h('div', { class: 'ohead' }, icon(object.icon), h('b', { title: object.detail ? `${object.name} (${object.detail})` : object.name }, object.name),
    h('span', { class: 'faint' }, object.primitive), h('span', { class: 'right num' }, at.known ? summary(object, at) : 'not known'));
  const parts = [head];
  if (!at.known) return [...parts, h('p', { class: 'thin' }, 'Not every operation on it was recorded; nothing is claimed here.')];
  if (isQueue(object)) parts.push(contents(object, at));
  if (object.shape === 'owner') parts.push(line(at.owner === null || at.owner === undefined ? ['no owner'] : ['owner ', named(threadOf(trace, at.owner))]));
  parts.push(waiting(trace, at.waiters));
  return parts;
}

/** The one figure of the object. */
function summary(object, at) {
  if (at.shut) return 'shut down';
  if (isQueue(object)) {
    const size = at.value ?? at.items?.length ?? 0;
    const all = object.capacity ? `${size} of ${object.capacity}` : plural(size, 'item');
    return size === 0 ? `${all}, empty` : object.capacity && size >= object.capacity ? `${all}, full` : all;
  }
  if (isSemaphore(object)) return object.capacity ? `${at.value} of ${object.capacity} permits left` : `${plural(at.value ?? 0, 'permit')} left`;
  if (object.shape === 'owner') return at.owner === null || at.owner === undefined ? 'free' : 'held';
  if (object.primitive === 'Event') return at.value ? 'set' : 'not set';
  if (object.primitive === 'Barrier') return `${at.waiters.length} of ${object.capacity} there`;
  return plural(at.waiters.length, 'waiter');
}

/** What is in a queue, next out first, and its free places. */
function contents(object, at) {
  const size = at.value ?? at.items?.length ?? 0;
  const items = at.items ?? Array.from({ length: size }, () => '');
  const room = object.capacity ? Math.min(object.capacity, SLOTS) : Math.min(Math.max(size, 1), SLOTS);
  const slots = Array.from({ length: room }, (_, index) => {
    if (index >= items.length) return h('span', { class: 'slot empty' });
    const text = items[index] || '\u00b7';
    return h('span', { class: index === 0 ? 'slot next' : 'slot', title: items[index] || 'an item' }, h('span', {}, text));
  });
  const rest = Math.max(items.length, object.capacity || 0) - room;
  return h('div', { class: 'slots' }, h('span', { class: 'arr' }, 'next out'), ...slots, rest > 0 && h('span', { class: 'arr num' }, `+${rest} ${items.length > room ? '' : 'free'}`.trim()));
}

function waiting(trace, waiters) {
  if (!waiters.length) return line(['nobody waits']);
  const threads = waiters.map((id) => threadOf(trace, id));
  return line(['waiting: ', ...(threads.length <= NAMED_WAITERS ? threads.map(named) : threads.map((thread) => tag(thread)))]);
}

const line = (parts) => h('div', { class: 'wline' }, ...parts);
const threadOf = (trace, id) => trace.threads[id] ?? { id, tag: `${id}`, name: `thread ${id}`, identity: 0 };
