/** A dialog with a title and a close button; the browser keeps the focus inside and gives it back. */
import { h, icon } from './dom.js';

let count = 0;

/** @param {string} title @param {Node[]} body @param {string} [extra] class @returns {HTMLDialogElement} open, removed when closed */
export function showDialog(title, body, extra = '') {
  const id = `dialog-${++count}`;
  const close = h('button', { class: 'btn icon', type: 'button', 'aria-label': 'Close', onclick: () => dialog.close() }, icon('x'));
  const dialog = h('dialog', { class: extra, 'aria-labelledby': id }, h('div', { class: 'dialog-head' }, h('h2', { id }, title), close),
    h('div', { class: 'dialog-body' }, ...body));
  dialog.addEventListener('close', () => dialog.remove());
  dialog.addEventListener('click', (event) => { if (event.target === dialog) dialog.close(); });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}
