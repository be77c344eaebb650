/** A link to this program: it pins the code, the knobs, the mode, the Python and the version of Threadplay that wrote it; under control also the interleaving. */
import { address, h, icon } from './dom.js';
import { showDialog } from './dialog.js';
import { plural } from '../core/words.js';
import { isCurrent } from '../finding.js';

/** By mode: how its runs go, and what that means for whoever opens the link. */
const MODES = {
  free: ['Watch: the operating system schedules the threads', 'In this mode each run is scheduled anew, so it may go another way. To keep this very run, download its trace.'],
  controlled: ['Schedule: the threads run in the order that was chosen', 'It replays this interleaving exactly, step by step.'],
  find: ['Find: the threads run in the order that was found', 'It replays this interleaving exactly, step by step.'],
};
const NOTHING_CHOSEN = 'Nothing has been run here yet, so the link holds the program only.';

export function mount(root, app) {
  const button = h('button', { class: 'btn line', type: 'button' }, icon('link'), h('span', { class: 'desk' }, 'Share'), h('span', { class: 'sr phone' }, 'Share'));
  root.append(button);
  button.addEventListener('click', async () => {
    if (button.getAttribute('aria-busy')) return;
    button.setAttribute('aria-busy', 'true');
    await openShare(app);
    button.removeAttribute('aria-busy');
  });
  return () => root.replaceChildren();
}

/** Keeps the program on the server and shows its link. */
export async function openShare(app) {
  try {
    const url = await share(app);
    app.store.set({ shareUrl: url });
    shown(app, url, await copy(url));
  } catch (error) {
    refused(app, error.message);
  }
}

/** The interleaving that is shown: its whole schedule, "" where the operating system decides or nothing ran yet. */
export function interleaving({ mode, search, steps, trace, source, ranSource, python }) {
  if (mode === 'free') return '';
  const found = mode === 'find' && search.asked && isCurrent({ search, source, python }) ? search.explored?.failure?.schedule : '';
  return found || (source === ranSource && (steps?.schedule || trace?.ended?.schedule)) || '';
}

/** The step at which the link opens: where one stands in that very order; -1: at its end. */
export function cursorIn({ steps, step }, schedule) {
  return steps?.schedule === schedule ? step : -1;
}

async function share({ store, page }) {
  const { source, knobs, mode, python } = store.get();
  const schedule = interleaving(store.get());
  const pinned = schedule ? { schedule, granularity: schedule.split(';')[1], step: cursorIn(store.get(), schedule) } : {};
  const answer = await fetch(address('/share'), {
    method: 'POST', headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ source, filename: page.filename, knobs, mode, python, seed: page.seed ?? 0, title: page.title ?? '', slug: page.slug ?? '', ...pinned }),
  });
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(body.error?.message ?? `The server did not take it (${answer.status}).`);
  return new URL(body.url, location.href).href;
}

async function copy(url) {
  try {
    await navigator.clipboard.writeText(url);
    return true;
  } catch {
    return false;
  }
}

function shown({ store, page, vocabulary }, url, copied) {
  const { source, knobs, python, mode } = store.get();
  const names = Object.entries(knobs).map(([name, value]) => `${name} = ${value}`);
  const runtime = (vocabulary.runtimes ?? []).find((each) => each.name === python);
  const field = h('input', { value: url, readonly: true, 'aria-label': 'The link', onfocus: (event) => event.target.select() });
  const state = h('p', { role: 'status' }, copied ? 'Link copied.' : 'Copy the link below.');
  const again = h('button', { class: 'btn line', type: 'button', onclick: async () => { field.select(); state.textContent = await copy(url) ? 'Link copied.' : 'Press Ctrl+C to copy.'; } }, 'Copy');
  const schedule = interleaving(store.get()), [how, meaning] = MODES[mode] ?? MODES.free;
  showDialog('Share', [
    state, h('div', { class: 'field' }, field, again),
    h('p', {}, 'The link opens exactly this program, under these conditions:'),
    h('dl', { class: 'facts' },
      h('dt', {}, 'Program'), h('dd', {}, `${page.filename}, ${plural(source.replace(/\n$/, '').split('\n').length, 'line')}`),
      ...(names.length ? [h('dt', {}, 'Knobs'), h('dd', { class: 'mono' }, names.join(', '))] : []),
      h('dt', {}, 'Mode'), h('dd', {}, how),
      ...(schedule ? [h('dt', {}, 'Schedule'), h('dd', { class: 'mono' }, schedule)] : []),
      ...(schedule && cursorIn(store.get(), schedule) >= 0 ? [h('dt', {}, 'Opens at'), h('dd', {}, `step ${store.get().step} of ${store.get().steps.count}`)] : []),
      h('dt', {}, 'Python'), h('dd', {}, runtime?.title ?? (python || 'the server\u2019s own'))),
    h('p', {}, mode !== 'free' && !schedule ? NOTHING_CHOSEN : meaning),
  ]);
}

function refused(app, message) {
  const program = URL.createObjectURL(new Blob([app.store.get().source], { type: 'text/x-python' }));
  const dialog = showDialog('Share', [
    h('p', {}, message), h('p', {}, 'The program can be handed on as a file instead.'),
    h('div', {}, h('a', { class: 'btn line', href: program, download: app.page.filename }, icon('download'), `Download ${app.page.filename}`)),
  ]);
  dialog.addEventListener('close', () => URL.revokeObjectURL(program));
}
