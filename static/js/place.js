/** Where one stands, kept with this page's entry in the browser's history: the mode in the address, the run or the interleaving and the step beside it.
 * Reload, Back and Forward come back to it; the link that is meant for others is `panels/share.js`. */
import { showsFailure } from './finding.js';
import { cursorIn, interleaving } from './panels/share.js';

/** A browser allows 200 changes in 30 s. */
const PAUSE_MS = 200;
const MOST_CHARACTERS = 200_000;

/** What the server wrote into the page, with the place that was left. @param {any} page */
export function asLeft(page) {
  const left = history.state?.threadplay;
  return left ? { ...page, ...left, left: true } : page;
}

/** From now on the place is kept. */
export function keepPlace({ store, page }) {
  let timer = 0, last = '';
  const write = () => {
    clearTimeout(timer);
    const threadplay = placeOf(store.get()), address = addressOf(page, store.get().mode), print = `${address} ${JSON.stringify(threadplay)}`;
    if (print === last) return;
    last = print;
    history.replaceState({ ...history.state, threadplay }, '', address);
  };
  const later = () => { clearTimeout(timer); timer = setTimeout(write, PAUSE_MS); };
  write();
  store.on(['mode'], write);
  store.on(['granularity', 'hunt', 'steps', 'step', 'search', 'source', 'trace'], later);
}

function placeOf(state) {
  const { mode, granularity, hunt, trace, source, ranSource } = state;
  if (mode === 'free') return { granularity, hunt, run: trace && source === ranSource ? trace.run : '' };
  const schedule = mode === 'find' && !showsFailure(state) ? '' : interleaving(state), fits = schedule.length <= MOST_CHARACTERS;
  return { granularity, hunt, schedule: fits ? schedule : '', step: fits && schedule ? cursorIn(state, schedule) : -1 };
}

/** The mode that a lab opens in needs no word; a shared link has a mode of its own. */
function addressOf({ share }, mode) {
  const url = new URL(location.href);
  if (mode === 'free' && !share) url.searchParams.delete('mode');
  else url.searchParams.set('mode', mode);
  return url.href;
}
