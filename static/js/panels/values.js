/** What the shared variables are worth after each step, and who owns which lock; the whole run as a table, for eyes and for screen readers. */
import { CLOCK } from '../core/steps.js';
import { objectName } from '../core/sentences.js';
import { h, icon, tag } from './dom.js';
import { deed } from './schedule/sentence.js';

const AROUND = 12, MOST_OWNERS = 12;

export function mount(root, app) {
  const { store } = app;
  const under = h('span', { class: 'faint' }, 'after each step');
  const head = h('tr', {}), body = h('tbody', {}), table = h('table', {}, h('thead', {}, head), body);
  const empty = h('p', { class: 'empty-note' }, 'Run it to see what each step changes.');
  const scroll = h('div', { class: 'scroll vt', tabindex: '0', role: 'group', 'aria-labelledby': 'values-title' }, table, empty);
  root.append(h('div', { class: 'head' }, h('h2', { id: 'values-title' }, 'Values'), under), scroll);
  let frame = 0, key = '', columns = [], shownAt = null, rowHeight = 26;

  /** A frame later than the picture of the steps, which has to come first. */
  function dirty() { frame ||= requestAnimationFrame(() => { frame = requestAnimationFrame(draw); }); }

  /** Variables that change, then locks, queues and semaphores, then what stays as it is. */
  function columnsOf(trace, steps) {
    const values = steps.names.map((name) => ({ name, text: (k) => steps.valueAt(name, k), changed: (k) => steps.changedAt(name, k), races: (k) => steps.racesAt(k).get(name) }));
    const owners = trace.shown.filter((obj) => trace.objects.get(obj).shape === 'owner').slice(0, MOST_OWNERS).map((obj) => {
      const owner = (k) => (k > 0 ? trace.objectAt(obj, steps.timeOf(k)).owner : null);
      return { name: objectName(trace, obj), owner: true, icon: 'lock', text: owner, changed: (k) => owner(k) !== owner(k - 1) && k > 0 };
    });
    const levels = trace.shown.filter((obj) => trace.objects.get(obj).shape === 'level').slice(0, MOST_OWNERS).map((obj) => {
      const text = (k) => level(trace.objectAt(obj, steps.timeOf(k)));
      return { name: objectName(trace, obj), icon: trace.objects.get(obj).icon, text, changed: (k) => k > 0 && text(k) !== text(k - 1) };
    });
    const changes = ({ name }) => steps.changes(name);
    return [...values.filter(changes), ...owners, ...levels, ...values.filter((each) => !changes(each))];
  }

  function draw() {
    frame = 0;
    const { mode, preview, step, branch } = store.get(), { steps, trace } = preview ?? store.get();
    if (mode !== 'controlled') return;
    table.hidden = !steps?.count;
    empty.hidden = Boolean(steps?.count);
    empty.textContent = steps ? 'This run had no steps.' : 'Run it to see what each step changes.';
    if (!steps?.count) { key = ''; return; }
    const next = `${trace.run}|${steps.count}`;
    if (next !== key) {
      key = next;
      columns = columnsOf(trace, steps);
      head.replaceChildren(h('th', { scope: 'col' }, h('span', { class: 'sr' }, 'Number')), h('th', { scope: 'col', colspan: 2 }, 'Step'), ...columns.map((column) => h('th', { scope: 'col', class: 'val' }, column.icon ? icon(column.icon) : null, column.name)));
      table.setAttribute('aria-rowcount', String(steps.count + 1));
      shownAt = null;
    }
    rows(trace, steps, step, `${key}|${step}|${branch}`);
  }

  /** Only rows in sight (and some around them) exist. */
  function rows(trace, steps, step, state) {
    const moved = shownAt?.state !== state || (!shownAt.high && scroll.clientHeight > 0);
    rowHeight = body.querySelector('tr[data-step]')?.offsetHeight || rowHeight;
    let top = scroll.scrollTop;
    if (moved) {
      const y = (step - 1) * rowHeight, high = scroll.clientHeight - 34;
      if (y < top || y + rowHeight > top + high - rowHeight) top = Math.max(0, y - high * 0.55);
    }
    const first = Math.max(1, Math.floor(top / rowHeight) - AROUND), last = Math.min(steps.count, Math.ceil((top + Math.max(200, scroll.clientHeight)) / rowHeight) + AROUND);
    if (!moved && shownAt.first === first && shownAt.last === last) return;
    shownAt = { state, first, last, high: scroll.clientHeight };
    const filler = (count) => (count > 0 ? [h('tr', { 'aria-hidden': 'true', class: 'filler' }, h('td', { colspan: columns.length + 3, 'data-rows': count }))] : []);
    body.replaceChildren(...filler(first - 1), ...Array.from({ length: last - first + 1 }, (_, i) => row(trace, steps, first + i, step)), ...filler(steps.count - last));
    body.querySelectorAll('td[data-rows]').forEach((cell) => { cell.style.height = `${cell.dataset.rows * rowHeight}px`; });
    if (moved) scroll.scrollTop = top; // only now are there rows to scroll to
  }

  function row(trace, steps, k, step) {
    const { thread } = steps.step(k), of = trace.threads[thread], parts = deed(trace, steps, k, store.get().ranSource ?? '');
    return h('tr', { class: `${k > step ? 'ghost' : ''} ${k === step ? 'now' : ''}`, 'data-step': k, 'aria-rowindex': k + 1, 'aria-current': k === step ? 'step' : null },
      h('td', { class: 'num' }, String(k)), h('td', { class: 'by' }, thread === CLOCK ? icon('clock') : of ? tag(of, 'sm') : ''),
      h('td', { class: 'did' }, h('button', { type: 'button', tabindex: '-1', title: parts.map((part) => part.text ?? part.code).join('') }, ...parts.map((part) => part.text ?? part.code), k > step ? h('span', { class: 'sr' }, ' (would happen)') : null)),
      ...columns.map((column) => cell(trace, column, k)));
  }

  function cell(trace, column, k) {
    const changed = column.changed(k), value = column.text(k), racing = column.races?.(k);
    const text = column.owner ? (value === null ? '\u2013' : tag(trace.threads[value] ?? { tag: '?', identity: 0, name: '' }, 'sm')) : value === undefined ? '' : value === '' ? 'gone' : value;
    return h('td', { class: `val ${changed ? 'ch' : ''}`, title: column.owner ? null : value ?? null }, changed ? h('span', { class: 'sr' }, 'changed: ') : null,
      racing ? h('span', { class: 'racing', title: `${racing.map((id) => trace.threads[id].name).join(' and ')} stand before ${column.name}, and one of them writes` }, ...racing.slice(0, 3).map((id) => tag(trace.threads[id], 'sm'))) : null,
      text instanceof Node ? text : h('span', { class: 'text' }, text));
  }

  body.addEventListener('click', (event) => {
    const at = event.target.closest('tr[data-step]');
    if (at) app.actions.stepTo(Number(at.dataset.step));
  });
  scroll.addEventListener('scroll', dirty);
  const sizes = new ResizeObserver(dirty);
  sizes.observe(scroll);
  const off = store.on(['steps', 'step', 'trace', 'preview', 'mode', 'tab'], dirty);
  dirty();
  return () => { off(); cancelAnimationFrame(frame); sizes.disconnect(); root.replaceChildren(); };
}

/** What is in a queue, next out first, or how many permits are free. */
const level = ({ items, value }) => (items?.length ? items.join(', ') : items ? 'empty' : value === null ? undefined : String(value));
