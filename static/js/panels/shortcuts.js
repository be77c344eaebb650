/** The keys, and the switch that turns the single ones off. `?` opens the list. */
import { h } from './dom.js';
import { showDialog } from './dialog.js';

/** What the page can do by keyboard: [sentence, keys]. */
const KEYS = [
  ['Run or stop', ['Ctrl', 'Enter']], ['Pause following', ['Space']], ['Choose a thread', ['1', '\u2026', '9']], ['Thread above, below', ['\u2191', '\u2193']],
  ['Event before, after', ['\u2190', '\u2192']], ['This thread\u2019s event before, after', ['[', ']']], ['First, last event', ['Home', 'End']],
  ['Next finding', ['N']], ['Zoom out, in, whole run', ['\u2212', '+', '0']], ['Pan and zoom', ['W', 'A', 'S', 'D']], ['Timeline as a table', ['T']],
  ['Schedule: step back, step', ['\u2190', '\u2192']], ['Schedule: choice before, after', ['Shift', '\u2190', '\u2192']], ['Schedule: who runs next', ['1', '\u2026', '9']], ['Schedule: go on by default', ['Enter']], ['Schedule: branches', ['B']],
  ['Details of the span', ['Enter']], ['Go to the editor', ['E']], ['This list', ['?']], ['Close; leave the editor', ['Esc']],
];

export function mount(root, app) {
  const button = h('button', { class: 'btn icon', type: 'button', 'aria-label': 'Keyboard and settings', title: 'Keyboard and settings (?)', onclick: open }, '?');
  root.append(button);
  function open() {
    const single = h('input', { type: 'checkbox', checked: app.store.get().singleKeys, onchange: () => app.store.set({ singleKeys: single.checked }) });
    showDialog('Keyboard', [
      h('ul', { class: 'keys' }, ...KEYS.map(([sentence, keys]) => h('li', {}, h('span', {}, sentence), ...keys.map((key) => h('kbd', {}, key))))),
      h('label', { class: 'check' }, single, h('span', {}, 'Single keys work', h('br', {}), h('span', { class: 'faint' }, 'Off: only Ctrl+Enter and Escape stay, for speech input and screen readers.'))),
    ], 'wide');
  }
  const onKey = (event) => {
    if (!app.store.get().singleKeys || event.ctrlKey || event.metaKey || event.altKey || isTyping(event) || document.querySelector('dialog[open]')) return;
    if (event.key === '?') open();
    else if (event.key === 'e' || event.key === 'E') app.editor.focus();
    else return;
    event.preventDefault();
  };
  document.addEventListener('keydown', onKey);
  return () => { document.removeEventListener('keydown', onKey); root.replaceChildren(); };
}

/** Is the key meant for a field? The editor lives in a shadow root, so the real target is asked for. */
function isTyping(event) {
  const target = event.composedPath()[0];
  return target instanceof Element && (target.isContentEditable || target.closest('input:not([type=range]):not([type=checkbox]), select, textarea') !== null);
}
