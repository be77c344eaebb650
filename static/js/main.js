/** The lab starts: everything marked data-panel="x" is brought to life by panels/x.js. */
import { createApp } from './app.js';
import { asLeft, keepPlace } from './place.js';
import { recall, remember } from './remembered.js';

const page = asLeft(JSON.parse(document.getElementById('page-data').textContent));
const app = await createApp(page);

/** Panels may hold places for other panels, so this looks again until none is left. The editor goes first: knobs read its parse tree. */
async function mountAll() {
  const waiting = () => [...document.querySelectorAll('[data-panel]:not([data-mounted])')].sort((a, b) => (b.dataset.panel === 'editor') - (a.dataset.panel === 'editor'));
  for (let roots = waiting(); roots.length; roots = waiting()) {
    const modules = await Promise.allSettled(roots.map((root) => import(`./panels/${root.dataset.panel}.js`)));
    roots.forEach((root, index) => mountOne(root, modules[index]));
  }
}

/** A panel that fails is reported and left out; the others go on. */
function mountOne(root, { value, reason }) {
  root.dataset.mounted = '';
  try {
    if (reason) throw reason;
    value.mount(root, app);
  } catch (error) {
    console.error(`The panel ${root.dataset.panel} failed.`, error);
  }
}
await mountAll();

// A link to an interleaving opens at it, and so does a page that was left at one or beside a run; unless its program is another by now.
if (page.schedule && page.mode !== 'free') app.actions.openAlong(page.schedule, page.step ?? -1).then(orFromTheStart);
else if (page.mode === 'controlled') app.actions.runSteps();
else if (page.mode === 'free' && page.run) app.actions.follow(page.run);
keepPlace(app);

function orFromTheStart(there) {
  if (!there && page.left && page.mode === 'controlled' && app.store.get().error?.code === 'bad_schedule') app.actions.runSteps();
}

document.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.target.closest?.('dialog')) return;
  event.preventDefault();
  event.stopPropagation();
  app.actions.toggle();
}, { capture: true });

// A scenario counts as done in this browser once a run of it has ended by itself.
app.store.on(['run'], () => {
  const { run, trace } = app.store.get();
  if (page.slug && run === 'ended' && trace?.ended && trace.ended.outcome !== 'stopped') remember('done', { ...recall('done', {}), [page.slug]: Date.now() });
});

// For tests and the curious: the running page as data.
globalThis.threadplay = app;
document.documentElement.dataset.ready = '';
