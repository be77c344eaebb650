// The state of the page as one flat object: panels read it, set parts of it and are told when their keys change.

/** @param {Record<string, any>} initial */
export function createStore(initial) {
  const state = { ...initial };
  const watchers = new Set();
  return {
    get: () => state,
    /** Takes over the keys of `patch` that differ; then calls, once each, whoever watches one of them. */
    set(patch) {
      const changed = Object.keys(patch).filter((key) => !Object.is(state[key], patch[key]));
      if (!changed.length) return;
      for (const key of changed) state[key] = patch[key];
      for (const watcher of [...watchers]) if (changed.some((key) => watcher.keys.has(key))) watcher.fn(state, changed);
    },
    /** Calls fn(state, changedKeys) when one of `keys` changes; returns the function that ends it. */
    on(keys, fn) {
      const watcher = { keys: new Set(keys), fn };
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
  };
}

/** The page before anything ran. */
export const initialState = () => ({ source: '', knobs: {}, mode: 'free', python: '', run: 'idle', place: null, trace: null, version: 0, playhead: null,
  selection: null, hover: null, view: null, following: true, error: null, theme: 'light', shareUrl: null });
