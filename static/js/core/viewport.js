// The window of time that is shown, {t0, t1} in ns: pure moves, each returns a new window that is still possible.

export const EDGE = 0.94;
export const NARROWEST_NS = 200;
const LIVE_LEAST_NS = 40e6, LIVE_MOST_NS = 5e9, MARGIN = 0.06;

/** Not narrower than 200 ns, not wider than the run and its margins, never wholly beside it. */
export function clamp({ t0, t1 }, until) {
  const most = Math.max(until, 1e6) * (1 + 2 * MARGIN), width = Math.min(Math.max(t1 - t0, NARROWEST_NS), most);
  const middle = (t0 + t1) / 2, low = -width * MARGIN, high = Math.max(until, width * EDGE) + width * MARGIN - width;
  const start = Math.min(Math.max(middle - width / 2, low), Math.max(low, high));
  return { t0: start, t1: start + width };
}

/** Makes the window `factor` times as wide; the time `anchor` keeps its place. */
export function zoom(view, factor, anchor, until) {
  const width = view.t1 - view.t0, most = Math.max(until, 1e6) * (1 + 2 * MARGIN);
  const next = Math.min(Math.max(width * factor, NARROWEST_NS), most), share = (anchor - view.t0) / width;
  return clamp({ t0: anchor - share * next, t1: anchor + (1 - share) * next }, until);
}

export const pan = (view, by, until) => clamp({ t0: view.t0 + by, t1: view.t1 + by }, until);

/** The whole run, its end where a live edge would be. */
export const whole = (until) => ({ t0: 0, t1: Math.max(until, 1e5) / EDGE });

/** The window whose live edge sits at 94 %: `width` wide, or as much of the run as can be followed by eye. */
export function follow(edge, width = 0) {
  const wide = width || Math.min(Math.max(edge / EDGE, LIVE_LEAST_NS), LIVE_MOST_NS);
  const t0 = Math.max(0, edge - wide * EDGE);
  return { t0, t1: t0 + wide };
}

/** Moves the window as little as possible so that t is inside, off the rims. */
export function reveal(view, t, until) {
  const width = view.t1 - view.t0, rim = width * 0.08;
  if (t < view.t0 + rim) return clamp({ t0: t - width * 0.25, t1: t + width * 0.75 }, until);
  if (t > view.t1 - rim) return clamp({ t0: t - width * 0.75, t1: t + width * 0.25 }, until);
  return view;
}
