// The column of names beside the canvas; only the rows in sight exist as elements.
import { visibleRows } from '../../draw/geometry.js';
import { objectName } from '../../core/sentences.js';
import { h, icon, tag } from '../dom.js';

const AHEAD = 200;

/** {element, update(trace, layout, g, top, height, selected)}; `pick(thread)` and `toggle(stem)` answer clicks. */
export function makeLabels(pick, toggle) {
  const cap = h('div', { class: 'tl-cap' }), list = h('div', { class: 'tl-names' }), element = h('div', { class: 'labels' }, cap, list);
  let key = '';
  list.addEventListener('click', (event) => {
    const row = event.target.closest('[data-thread], [data-stem]');
    if (row?.dataset.thread !== undefined) pick(Number(row.dataset.thread));
    else if (row) toggle(row.dataset.stem);
  });
  return {
    element,
    update(trace, layout, g, top, height, selected) {
      element.style.height = `${layout.height}px`;
      cap.style.height = `${g.ruler}px`;
      const rows = trace ? visibleRows(layout.rows, Math.max(0, top - AHEAD), height + 2 * AHEAD) : [];
      const first = layout.rows.length && rows.length ? rows[0].y + Math.max(0, top - AHEAD) : 0;
      const next = `${trace?.run ?? ''}|${rows.length}|${first}|${g.pitch}|${selected}|${layout.key}`;
      if (next === key) return;
      key = next;
      list.replaceChildren(...rows.map((row) => labelOf(trace, { ...row, y: row.y + Math.max(0, top - AHEAD) }, selected)));
    },
  };
}

function labelOf(trace, row, selected) {
  const element = CONTENT[row.kind](trace, row, selected);
  element.style.top = `${row.y}px`;
  element.style.height = `${row.h}px`;
  return element;
}

/** A name that may go on in a second line before a dot or a bracket, where the column is narrow. */
const breakable = (name) => name.split(/(?=[.[])/).flatMap((part, index) => (index ? [h('wbr', {}), part] : [part]));

const CONTENT = {
  lane(trace, { id, stem }, selected) {
    const thread = trace.threads[id];
    return h('div', { class: `${stem ? 'tl-member ' : ''}${id === selected ? 'tl-picked' : ''}`, 'data-thread': id, title: thread.daemon ? `${thread.name}, a daemon` : thread.name },
      tag(thread), h('span', { class: 'nm' }, thread.name));
  },
  group(trace, { stem, members, open }) {
    return h('button', { type: 'button', class: 'tl-team', 'data-stem': stem, 'aria-expanded': String(open), title: `${members.length} threads called ${stem}` },
      icon(open ? 'down' : 'right'), h('span', { class: 'nm' }, stem), h('span', { class: 'what num' }, `\u00d7 ${members.length}`));
  },
  gil: () => h('div', { title: 'Which thread has the interpreter' }, icon('lanes'), h('span', { class: 'obj' }, 'GIL'), h('span', { class: 'what' }, 'holder')),
  cores: () => h('div', { title: 'How many threads run at the same time' }, icon('lanes'), h('span', { class: 'obj' }, 'cores'), h('span', { class: 'what' }, 'at once')),
  clock: () => h('div', { title: 'Virtual time: it passes when nobody is ready, or when you let it' }, icon('clock'), h('span', { class: 'obj' }, 'clock'), h('span', { class: 'what' }, 'time')),
  object(trace, { obj }) {
    const info = trace.objects.get(obj);
    return h('div', { title: `${info.primitive} ${info.name}${info.detail ? ` (${info.detail})` : ''}${info.line ? `, made at line ${info.line}` : ''}` },
      icon(info.icon), h('span', { class: 'obj mono' }, ...breakable(objectName(trace, obj))), h('span', { class: 'what' }, info.primitive));
  },
};
