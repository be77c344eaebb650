// The whole run in 34 pixels, with the window on it: drag it, drag an edge, click beside it, double click for everything.
import { drawLanes } from '../draw/miniature.js';
import { fit } from '../draw/fit.js';
import { palette } from '../draw/theme.js';
import { EDGE, clamp, whole } from '../core/viewport.js';
import { h } from './dom.js';

const HEIGHT = 34, GRAB = 6, GRAB_TOUCH = 16, REST_MS = 120;

/** {element, draw(state), forget()}; `move(view)` is called with the window the visitor made. */
export function makeOverview(move) {
  const canvas = h('canvas', { 'aria-hidden': 'true' }), element = h('div', { class: 'ovr' }, h('span', {}, 'Whole run'), canvas);
  const back = document.createElement('canvas');
  let state = null, painted = 0, key = '', drag = null;
  const total = () => Math.max(state.until, 1e5) / EDGE, T = (x) => (x / state.w) * total(), X = (t) => (t / total()) * state.w;

  canvas.addEventListener('pointerdown', (event) => {
    if (!state?.trace || event.button) return;
    const x = event.offsetX, grab = event.pointerType === 'touch' ? GRAB_TOUCH : GRAB, a = X(state.view.t0), b = X(state.view.t1);
    const edge = Math.abs(x - a) <= grab ? 't0' : Math.abs(x - b) <= grab ? 't1' : null, inside = x > a && x < b;
    const view = edge || inside ? state.view : clamp({ t0: T(x) - (state.view.t1 - state.view.t0) / 2, t1: T(x) + (state.view.t1 - state.view.t0) / 2 }, state.until);
    drag = { edge, x, view };
    canvas.setPointerCapture(event.pointerId);
    if (!edge && !inside) move(view);
    event.preventDefault();
  });
  canvas.addEventListener('pointermove', (event) => {
    if (!state?.trace) return;
    if (!drag) { const near = [state.view.t0, state.view.t1].some((t) => Math.abs(event.offsetX - X(t)) <= GRAB); canvas.style.cursor = near ? 'ew-resize' : 'grab'; return; }
    const by = T(event.offsetX) - T(drag.x);
    if (!drag.edge) { move(clamp({ t0: drag.view.t0 + by, t1: drag.view.t1 + by }, state.until)); return; }
    const moved = { ...drag.view, [drag.edge]: drag.view[drag.edge] + by };
    if (moved.t1 - moved.t0 > total() / state.w) move(clamp(moved, state.until));
  });
  for (const end of ['pointerup', 'pointercancel']) canvas.addEventListener(end, () => { drag = null; });
  canvas.addEventListener('dblclick', () => { if (state?.trace) move(whole(state.until)); });

  function paintBack(dpr) {
    const now = performance.now(), next = `${state.w}|${dpr}|${palette().key}|${state.trace.run ?? ''}|${state.ended}`;
    if (next === key && (painted === state.until || now - painted0 < REST_MS)) return;
    key = next;
    painted = state.until;
    painted0 = now;
    back.width = Math.round(state.w * dpr);
    back.height = Math.round(HEIGHT * dpr);
    const c = back.getContext('2d');
    c.scale(dpr, dpr);
    c.translate(0, 4);
    const ids = state.trace.threads.filter(Boolean).map((thread) => thread.id);
    drawLanes(c, palette(), state.trace, ids, { w: state.w, h: HEIGHT - 8, dpr, gap: 1, most: 3, t0: 0, t1: total(), until: state.until });
    backTotal = total();
  }
  let painted0 = 0, backTotal = 1;

  return {
    element,
    canvas,
    forget() { key = ''; },
    draw(next) {
      state = next;
      const { c, w, dpr } = fit(canvas, next.w, HEIGHT), p = palette();
      if (!next.trace?.threads.length || !w) return;
      paintBack(dpr);
      c.drawImage(back, 0, 0, back.width, back.height, 0, 0, w * (backTotal / total()), HEIGHT);
      const a = Math.max(1, X(next.view.t0)), b = Math.min(w - 1, Math.max(a + 6, X(next.view.t1)));
      c.fillStyle = p.bg;
      c.globalAlpha = 0.72;
      c.fillRect(0, 0, a, HEIGHT);
      c.fillRect(b, 0, w - b, HEIGHT);
      c.globalAlpha = 1;
      c.strokeStyle = c.fillStyle = p['ink-2'];
      c.lineWidth = 1.5;
      c.beginPath();
      c.roundRect(a, 1.5, b - a, HEIGHT - 3, 4);
      c.stroke();
      for (const [x, shown] of [[a, a > 2], [b, b < w - 2]]) if (shown) { c.beginPath(); c.roundRect(x - 2.5, HEIGHT / 2 - 7, 5, 14, 2.5); c.fill(); }
    },
  };
}
