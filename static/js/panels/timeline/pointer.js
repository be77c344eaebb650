// Hands on the canvas: wheel, drag, pinch, click, hover. Plain wheel scrolls the rows (or time, when all rows are in sight), shift or a
// sideways wheel pans, ctrl or cmd zooms at the pointer. Dragging the ruler moves the playhead.

const CLICK_PX = 4, WHEEL_ZOOM = 1.0022, LINE_PX = 16;

/**
 * `area` is the element over the canvas, `scroller` what scrolls its rows. `does` has view(), width(), ruler(), zoom(factor, x), pan(px),
 * scrub(x), click(x, y), hover(x, y | null), doubleClick(x).
 */
export function handlePointer(area, scroller, does) {
  const touches = new Map();
  let drag = null, pinch = null;
  const at = (event) => { const box = area.getBoundingClientRect(); return [event.clientX - box.left, event.clientY - scroller.getBoundingClientRect().top]; };
  const on = (target, name, fn, options) => { target.addEventListener(name, fn, options); offs.push(() => target.removeEventListener(name, fn, options)); };
  const offs = [];

  on(area, 'wheel', (event) => {
    const unit = event.deltaMode === 1 ? LINE_PX : event.deltaMode === 2 ? scroller.clientHeight : 1, [dx, dy] = [event.deltaX * unit, event.deltaY * unit];
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      does.zoom(WHEEL_ZOOM ** (dy * (event.deltaMode === 0 && Math.abs(dy) < 30 ? 4 : 1)), at(event)[0]);
      return;
    }
    const sideways = event.shiftKey ? dy || dx : Math.abs(dx) > Math.abs(dy) ? dx : 0;
    const room = scroller.scrollHeight - scroller.clientHeight > 1;
    if (!sideways && room) return;
    event.preventDefault();
    does.pan(sideways || dy);
  }, { passive: false });

  on(area, 'pointerdown', (event) => {
    if (event.button) return;
    touches.set(event.pointerId, event.clientX);
    const [x, y] = at(event);
    if (touches.size === 2) {
      const [a, b] = [...touches.values()];
      pinch = { apart: Math.max(10, Math.abs(a - b)) };
      drag = null;
      return;
    }
    drag = { x, y, last: x, moved: false, scrub: y < does.ruler() };
    does.hover(null);
    if (event.pointerType !== 'touch' || drag.scrub) area.setPointerCapture(event.pointerId);
    if (drag.scrub) does.scrub(x);
  });

  on(area, 'pointermove', (event) => {
    const [x, y] = at(event);
    if (touches.has(event.pointerId)) touches.set(event.pointerId, event.clientX);
    if (pinch && touches.size === 2) {
      const [a, b] = [...touches.values()], apart = Math.max(10, Math.abs(a - b)), left = area.getBoundingClientRect().left;
      does.zoom(pinch.apart / apart, (a + b) / 2 - left);
      pinch.apart = apart;
      return;
    }
    if (!drag) { if (event.pointerType !== 'touch') does.hover(x, y); return; }
    if (drag.scrub) { does.scrub(x); return; }
    if (!drag.moved && Math.abs(x - drag.x) < CLICK_PX) return;
    drag.moved = true;
    area.classList.add('tl-dragging');
    does.pan(drag.last - x);
    drag.last = x;
  });

  const release = (event) => {
    touches.delete(event.pointerId);
    if (touches.size < 2) pinch = null;
    area.classList.remove('tl-dragging');
    if (drag && event.type === 'pointerup' && !drag.moved && !drag.scrub) does.click(drag.x, drag.y);
    drag = null;
  };
  on(area, 'pointerup', release);
  on(area, 'pointercancel', release);
  on(area, 'pointerleave', () => does.hover(null));
  on(area, 'dblclick', (event) => does.doubleClick(at(event)[0]));
  return () => offs.forEach((off) => off());
}
