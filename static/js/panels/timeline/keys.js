// Keys, while the timeline has the focus. One table: what a key is called and what it does.

const PAN = 0.1, FAR = 0.8, ZOOM = 0.8;

/** Handles keydown on `area`; `does` names the actions, `enabled()` says whether single keys are wanted. */
export function handleKeys(area, does, enabled) {
  const keys = {
    ArrowRight: (event) => (event.shiftKey ? does.pan(PAN) : does.step(1)),
    ArrowLeft: (event) => (event.shiftKey ? does.pan(-PAN) : does.step(-1)),
    ArrowUp: () => does.thread(-1),
    ArrowDown: () => does.thread(1),
    PageUp: () => does.pan(-FAR),
    PageDown: () => does.pan(FAR),
    Home: () => does.end(-1),
    End: () => does.end(1),
    Enter: () => does.details(),
    Escape: () => does.escape(),
    ' ': () => does.follow(),
  };
  const single = { '+': () => does.zoom(ZOOM), '=': () => does.zoom(ZOOM), '-': () => does.zoom(1 / ZOOM), 0: () => does.whole(), w: () => does.zoom(ZOOM), s: () => does.zoom(1 / ZOOM),
    a: () => does.pan(-PAN), d: () => does.pan(PAN), '[': () => does.ofThread(-1), ']': () => does.ofThread(1), n: () => does.finding(), t: () => does.table() };
  for (let n = 1; n <= 9; n++) single[n] = () => does.choose(n - 1);
  const onKey = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target !== area) return;
    const action = keys[event.key] ?? (enabled() ? single[event.key.toLowerCase()] : undefined);
    if (!action) return;
    if (action(event) !== false) { event.preventDefault(); event.stopPropagation(); }
  };
  area.addEventListener('keydown', onKey);
  return () => area.removeEventListener('keydown', onKey);
}
