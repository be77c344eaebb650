// Pieces of text shared by the timeline's tooltip, details and table: a state with its mark, a sentence with its names set off.
import { STATE_KEYS } from '../../core/states.js';
import { nameOf, objectName } from '../../core/sentences.js';
import { drawSpan } from '../../draw/patterns.js';
import { fit } from '../../draw/fit.js';
import { palette } from '../../draw/theme.js';
import { h } from '../dom.js';

/** The word of a state, from the served vocabulary. */
export const stateWord = (app, state) => app.vocabulary.states.find((each) => each.id === state)?.word ?? 'not known';

/** A state as mark and word; `word` stands for the state's own. */
export function stateMark(app, state, dead = false, word = '') {
  const mark = h('canvas', { class: 'mark', width: 36, height: 24, 'aria-hidden': 'true', 'data-state': state, 'data-dead': dead || null });
  paintMark(mark);
  return h('span', { class: `st ${STATE_KEYS[state]}` }, mark, dead ? 'deadlocked' : word || stateWord(app, state));
}

/** Paints one such mark; again when the theme changes. */
export function paintMark(mark) {
  const { c, dpr } = fit(mark, 18, 12);
  drawSpan(c, palette(), Number(mark.dataset.state), 0, 0, 18, 12, { dpr, dead: mark.hasAttribute('data-dead') });
}

/** Paints every mark below `root` again. */
export const repaintMarks = (root) => root.querySelectorAll('canvas.mark').forEach(paintMark);

/** Parts of a sentence as nodes: threads strong, objects in code. */
export function nodesOf(trace, parts) {
  return parts.map((part) => (part.thread !== undefined ? h('b', {}, nameOf(trace, part.thread)) : part.obj !== undefined ? h('span', { class: 'mono' }, objectName(trace, part.obj)) : document.createTextNode(part.text)));
}

/** "line 17 · code", or "" */
export function codeAt(app, line) {
  if (!line) return null;
  const code = (app.store.get().source ?? '').split('\n')[line - 1]?.trim() ?? '';
  return h('span', {}, `line ${line}`, code ? ' \u00b7 ' : null, code ? h('code', {}, code.slice(0, 80)) : null);
}
