// Canvases in CSS pixels on screens of any density.

/** Gives the canvas as many device pixels as it covers; {c, w, h, dpr} with `c` cleared and scaled to CSS pixels. */
export function fit(canvas, width = canvas.clientWidth, height = canvas.clientHeight) {
  const dpr = Math.max(1, globalThis.devicePixelRatio || 1), wide = Math.round(width * dpr), high = Math.round(height * dpr);
  if (canvas.width !== wide) canvas.width = wide;
  if (canvas.height !== high) canvas.height = high;
  const c = canvas.getContext('2d');
  c.setTransform(dpr, 0, 0, dpr, 0, 0);
  c.clearRect(0, 0, width, height);
  return { c, w: width, h: height, dpr };
}
