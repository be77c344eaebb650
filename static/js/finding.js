/** Letting a search find the order that fails: what is asked, how far it is, what it came to, and the ways on from there. */
import { createNet } from './net/socket.js';
import { socketAddress, specOf } from './app.js';

export const DEFAULTS = { strategy: 'auto', granularity: 'access', max_executions: 10_000, max_seconds: 10 };
/** For the tree of all orders: more leaves than these are seen, not drawn. */
const TREE = { strategy: 'dpor', max_executions: 5_000, max_seconds: 15, all_classes: true };

/** One search before, during and after: state "idle" | "queued" | "searching" | "done"; `asked` is what it was asked with. */
const nothing = () => ({ state: 'idle', place: null, eta: null, progress: null, explored: null, error: null, asked: null, startedAt: 0, stopped: false });

/** The keys that searches add to the page's state: `hunt` how to look, `search` the one for a failure, `orders` the one for all
 * orders; `quiet`: what lies ahead in Schedule is not told; `foundBefore`: the page came with a failure that a search had found. */
export const findingState = (page = {}) => ({ hunt: within(page, page.hunt ?? { ...DEFAULTS, granularity: page.granularity || DEFAULTS.granularity }), search: nothing(), orders: nothing(), quiet: false, foundBefore: page.mode === 'find' && Boolean(page.schedule) });

/** A budget within what the server allows for a search. @param {{search?: {max_seconds: number, max_executions: number}}} page */
export function within({ search: most }, hunt) {
  return { ...hunt, max_executions: Math.min(hunt.max_executions, most?.max_executions ?? 1_000_000), max_seconds: Math.min(hunt.max_seconds, most?.max_seconds ?? 100) };
}

/** True while the search waits or works. */
export const isSearching = ({ state }) => state === 'queued' || state === 'searching';

/** True if what was found belongs to the program that is shown now. */
export const isCurrent = ({ search, source, python }) => search.asked !== null && search.asked.source === source && search.asked.python === python;

/** The failure whose interleaving is the run that is shown; null if another run is. */
export function failureShown({ search, steps, source, python }) {
  const failure = search.explored?.failure;
  return failure && steps && isCurrent({ search, source, python }) && steps.schedule === failure.schedule ? failure : null;
}

/** In Find: whether the run in the page is what Find has to show (a failure it found, or one that came with a link). */
export const showsFailure = (state) => Boolean(state.steps?.count) && ((state.search.state === 'idle' && state.foundBefore) || (state.search.state === 'done' && failureShown(state) !== null));

/**
 * The different orders known of the shown program at that granularity: {classes, complete, all (all were looked for)}; empty where none are.
 * @param {any} state the store's
 */
export function classesFor({ search, orders, source, python, granularity, mode, hunt }) {
  const level = mode === 'find' ? hunt.granularity : granularity ?? hunt.granularity;
  for (const { explored, asked } of [orders, search]) {
    if (!explored?.classes?.length || asked.source !== source || asked.python !== python || asked.granularity !== level) continue;
    return { classes: explored.classes, complete: explored.classes_complete === true, all: explored === orders.explored };
  }
  return { classes: [], complete: false, all: false };
}

/** @param {any} app @param {(options: any) => any} connect opens a connection of the search's own: the run that is shown stays */
export function findingActions(app, connect = createNet) {
  const { store } = app;
  const open = { search: null, orders: null };

  function ask(key, wishes, then) {
    open[key]?.end();
    const { source, python } = store.get();
    const asked = { ...wishes, source, python };
    const put = (patch) => store.set({ [key]: { ...store.get()[key], ...patch } });
    store.set({ [key]: { ...nothing(), state: 'searching', asked, startedAt: performance.now() } });
    const net = connect({ url: socketAddress(app.page) });
    const mine = (open[key] = { net, end: () => { net.close(); if (open[key] === mine) open[key] = null; } });
    const finish = (patch) => {
      mine.end();
      put({ state: 'done', place: null, ...patch });
      then?.(store.get()[key]);
    };
    net.on('queued', ({ place, eta_s: eta = null }) => put({ state: 'queued', place, eta }));
    net.on('accepted', () => put({ state: 'searching', place: null, startedAt: performance.now() }));
    net.on('message', (message) => {
      if (message.type === 'progress') put({ progress: message });
      if (message.type === 'explored') put({ explored: message });
      if (message.type === 'end') finish(store.get()[key].explored ? {} : { error: { message: message.sentence || 'The search ended without a result.' } });
    });
    net.on('error', (error) => finish({ error }));
    net.on('lost', () => finish({ error: { message: 'The search is no longer on the server. Find again.' } }));
    net.find(specOf(app, { mode: 'controlled', ...within(app.page, wishes) }));
  }

  /** Ends it: what was seen until then is what there is. */
  function stop(key) {
    const { state } = store.get()[key];
    if (state === 'queued') {
      open[key]?.net.leave();
      open[key]?.end();
      store.set({ [key]: nothing() });
    } else if (state === 'searching') {
      store.set({ [key]: { ...store.get()[key], stopped: true } });
      open[key]?.net.stop();
    }
  }

  /** The failure that was found, as a run whose last step is shown. */
  function showFailure({ explored, asked }) {
    const failure = explored?.failure;
    if (failure && !failure.steps?.length) store.set({ error: unread(failure) });
    if (!failure?.steps?.length || store.get().mode !== 'find' || !isCurrent(store.get()) || asked.source !== store.get().source) return;
    app.actions.openAlong(failure.schedule, null);
  }

  /** What a schedule of the shown program begins with; a program that was not run yet is run once. */
  async function headOf(granularity) {
    const known = () => {
      const { search, steps, ranSource, source } = store.get();
      const found = isCurrent(store.get()) ? search.explored?.failure?.schedule : '';
      return [found, ranSource === source && steps?.schedule].find((text) => text && text.split(';')[1] === granularity);
    };
    if (!known()) await app.actions.openAlong('', 0);
    return known() ?? '';
  }

  return {
    /** Looks for a failing order of the shown program. @param {Partial<typeof DEFAULTS>} [changes] to how it looks, kept for the next time */
    async find(changes = {}) {
      if (Object.keys(changes).length) store.set({ hunt: { ...store.get().hunt, ...changes } });
      await app.actions.settled?.();
      store.set({ error: null, quiet: false });
      ask('search', { ...store.get().hunt }, showFailure);
    },
    stopFinding: () => stop('search'),
    /** Runs every order that differs, as far as the budget goes, for the tree. */
    findAll() {
      const { mode, granularity, hunt } = store.get();
      ask('orders', { ...TREE, granularity: mode === 'find' ? hunt.granularity : granularity ?? hunt.granularity });
    },
    stopFindingAll: () => stop('orders'),
    /** Opens an interleaving in Schedule. @param {string} schedule its text @param {number|null} [step] where to stand; null: at its end */
    replay(schedule, step = 0) {
      store.set({ quiet: false });
      app.actions.setMode('controlled');
      return app.actions.openAlong(schedule, step);
    },
    /** One of the known orders, in Schedule at its start. @param {string} choices as its leaf has them */
    async replayOrder(choices) {
      const { search, orders } = store.get(), { asked } = orders.explored ? orders : search;
      store.set({ quiet: false });
      app.actions.setMode('controlled');
      if (asked.granularity !== store.get().granularity) app.actions.setGranularity(asked.granularity);
      const head = await headOf(asked.granularity);
      if (head) await app.actions.openAlong(scheduleOf(head, choices), 0);
    },
    /** The same program from its start, nothing chosen yet. */
    tryIt() {
      const { asked } = store.get().search;
      store.set({ quiet: true });
      app.actions.setMode('controlled');
      if (asked) app.actions.setGranularity(asked.granularity);
      return app.actions.openAlong('', 0);
    },
  };
}

/** A program that Python could not read: its line and what was wrong with it. */
function unread({ error, message }) {
  const [, line, words] = /^line (\d+): (.*)$/s.exec(message) ?? [];
  return line ? { line: Number(line), message: `${error}: ${words}` } : null;
}

/** The schedule text of one of the orders: the head of a known schedule with other choices. */
export function scheduleOf(head, choices) {
  return [...head.split(';').slice(0, 4), choices].join(';');
}
