/** Run, Stop, Restart, Leave queue: one button that says what pressing it does; on a phone with the run's status beside it. */
import { h, icon } from './dom.js';
import { statusLine } from './status_line.js';

/** By what the run is doing: word, picture, action; no action: the button only says what is going on. */
const BUTTON = {
  idle: ['Run', 'play', 'run'],
  queued: ['Leave queue', 'x', 'leave'],
  starting: ['Starting', 'play', null],
  live: ['Stop', 'stop', 'stop'],
  reconnecting: ['Stop', 'stop', null],
  ended: ['Run again', 'play', 'run'],
};

/** The same in Find, by what the search is doing. */
const FIND = {
  idle: ['Find', 'search', 'find'],
  queued: ['Leave queue', 'x', 'stopFinding'],
  searching: ['Stop', 'stop', 'stopFinding'],
  done: ['Find again', 'search', 'find'],
};

/** What the button is now. */
const buttonOf = ({ mode, run, search }) => (mode === 'find' ? FIND[search.state] ?? FIND.idle : BUTTON[run] ?? BUTTON.idle);

export function mount(root, app) {
  const button = h('button', { class: 'btn primary run', type: 'button', 'aria-keyshortcuts': 'Control+Enter' });
  const restart = h('button', { class: 'btn line desk', type: 'button', onclick: () => app.actions.restart() }, 'Restart');
  const status = h('div', { class: 'status grow', 'data-status': '' });
  button.addEventListener('click', () => {
    const action = buttonOf(app.store.get())[2];
    if (action) app.actions[action]();
  });
  if ('withStatus' in root.dataset) root.append(button, status);
  else root.append(status, restart, button);
  const draw = () => {
    const { run, mode } = app.store.get();
    const [word, picture, action] = buttonOf(app.store.get());
    if (button.dataset.shows !== word) {
      button.replaceChildren(icon(picture), word);
      button.dataset.shows = word;
    }
    button.setAttribute('aria-disabled', String(!action));
    button.title = action ? `${word} (Ctrl+Enter)` : run === 'reconnecting' ? 'The connection is lost; the run goes on' : 'The program is being started';
    restart.hidden = run !== 'live' || mode === 'find';
  };
  const off = app.store.on(['run', 'mode', 'search'], draw);
  const offStatus = statusLine(status, app, { withLive: 'withStatus' in root.dataset });
  draw();
  return () => { off(); offStatus(); root.replaceChildren(); };
}
