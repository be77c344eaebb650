/** A link to this program: it pins the code, the knobs, the mode, the Python and the version of Threadplay that wrote it. */
import { address, h, icon } from './dom.js';
import { showDialog } from './dialog.js';
import { plural } from '../core/words.js';

export function mount(root, app) {
  const button = h('button', { class: 'btn line', type: 'button' }, icon('link'), h('span', { class: 'desk' }, 'Share'), h('span', { class: 'sr phone' }, 'Share'));
  root.append(button);
  button.addEventListener('click', async () => {
    if (button.getAttribute('aria-busy')) return;
    button.setAttribute('aria-busy', 'true');
    try {
      const url = await share(app);
      app.store.set({ shareUrl: url });
      shown(app, url, await copy(url));
    } catch (error) {
      refused(app, error.message);
    } finally {
      button.removeAttribute('aria-busy');
    }
  });
  return () => root.replaceChildren();
}

async function share({ store, page }) {
  const { source, knobs, mode, python } = store.get();
  const answer = await fetch(address('/share'), {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ source, filename: page.filename, knobs, mode, python, seed: page.seed ?? 0, title: page.title ?? '', slug: page.slug ?? '' }),
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
  const { source, knobs, python } = store.get();
  const names = Object.entries(knobs).map(([name, value]) => `${name} = ${value}`);
  const runtime = (vocabulary.runtimes ?? []).find((each) => each.name === python);
  const field = h('input', { value: url, readonly: true, 'aria-label': 'The link', onfocus: (event) => event.target.select() });
  const state = h('p', { role: 'status' }, copied ? 'Link copied.' : 'Copy the link below.');
  const again = h('button', { class: 'btn line', type: 'button', onclick: async () => { field.select(); state.textContent = await copy(url) ? 'Link copied.' : 'Press Ctrl+C to copy.'; } }, 'Copy');
  showDialog('Share', [
    state, h('div', { class: 'field' }, field, again),
    h('p', {}, 'The link opens exactly this program, under these conditions:'),
    h('dl', { class: 'facts' },
      h('dt', {}, 'Program'), h('dd', {}, `${page.filename}, ${plural(source.replace(/\n$/, '').split('\n').length, 'line')}`),
      ...(names.length ? [h('dt', {}, 'Knobs'), h('dd', { class: 'mono' }, names.join(', '))] : []),
      h('dt', {}, 'Mode'), h('dd', {}, 'Watch: the operating system schedules the threads'),
      h('dt', {}, 'Python'), h('dd', {}, runtime?.title ?? (python || 'the server\u2019s own'))),
    h('p', {}, 'In this mode each run is scheduled anew, so it may go another way. To keep this very run, download its trace.'),
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
