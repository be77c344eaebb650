import { restOf } from '../core/endings.js';

/** Panels show one moment of the trace: the playhead, or the live end. This calls them when that moment's facts may have changed. */

const LIVE_PAUSE_MS = 100, BEAT_MS = 250;

/**
 * Calls `draw(trace, t)` on the next animation frame after the playhead moved or the trace was replaced, and while the live end grows at
 * most ten times a second: nobody reads faster. Returns a function that ends it.
 * @param {any} app @param {(trace: any, t: number) => void} draw
 */
export function atMoment(app, draw) {
  let frame = 0;
  let timer = 0;
  let beat = 0;
  let last = -Infinity;
  const now = () => {
    frame = 0;
    last = performance.now();
    const { trace, playhead, run } = app.store.get(), live = run === 'live' && Boolean(trace) && !trace.ended && playhead === null;
    clearTimeout(beat);
    if (live) beat = setTimeout(soon, BEAT_MS); // waits grow while nothing happens
    draw(trace, playhead ?? (live && app.liveEdge ? app.liveEdge() : restOf(trace)));
  };
  const soon = () => {
    clearTimeout(timer);
    timer = 0;
    frame ||= requestAnimationFrame(now);
  };
  const later = () => {
    if (frame || timer) return;
    const pause = LIVE_PAUSE_MS - (performance.now() - last);
    if (pause <= 0) soon();
    else timer = setTimeout(soon, pause);
  };
  const offs = [app.store.on(['playhead', 'trace', 'run', 'selection', 'mode', 'search'], soon), app.store.on(['version'], later)];
  soon();
  return () => {
    offs.forEach((off) => off());
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    clearTimeout(beat);
  };
}
