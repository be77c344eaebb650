/** Watch, Schedule, Find: the three ways of running the same program. Code and knobs stay as they are. */
import { h } from './dom.js';

const MODES = [
  ['free', 'Watch', 'The operating system schedules the threads; you see what they do'],
  ['controlled', 'Schedule', 'You decide who runs next'],
  ['find', 'Find', 'A search looks for an order that fails'],
];
const IN_LINE = 'Your run waits in line. Leave the queue first.';

export function mount(root, app) {
  const { store } = app, skip = document.querySelector('.skip[href="#timeline"]');
  const buttons = MODES.map(([mode, word, title]) => {
    const button = h('button', { type: 'button', 'data-to': mode, title, onclick: () => { if (button.getAttribute('aria-disabled') !== 'true') app.actions.setMode(mode); } }, word);
    return button;
  });
  root.append(h('div', { class: 'seg', role: 'group', 'aria-label': 'Mode' }, ...buttons));
  const draw = () => {
    const { mode, run, search } = store.get(), queued = run === 'queued' || search?.state === 'queued';
    document.body.dataset.mode = mode;
    skip?.setAttribute('href', mode === 'free' ? '#timeline' : '#schedule');
    buttons.forEach((button, i) => {
      button.setAttribute('aria-pressed', String(button.dataset.to === mode));
      if (queued && button.dataset.to !== mode) button.setAttribute('aria-disabled', 'true'); else button.removeAttribute('aria-disabled');
      button.title = queued && button.dataset.to !== mode ? IN_LINE : MODES[i][2];
    });
  };
  const changed = () => { draw(); dispatchEvent(new Event('resize')); };
  const offs = [store.on(['mode'], changed), store.on(['run', 'search'], draw)];
  draw();
  return () => { offs.forEach((off) => off()); root.replaceChildren(); };
}
