// Colours and fonts for the canvas, read from tokens.css; read again when the theme (or forced colours) changes.
import { STATE_KEYS } from '../core/states.js';

const SURFACES = ['bg', 'panel', 'sunken', 'hover', 'line', 'line-2', 'line-3', 'ink', 'ink-2', 'ink-3', 'accent', 'accent-soft', 'accent-ink', 'id-ink'];
const TOKEN = { none: 'new', killed: 'done' };
let kept = null, keptFor = '', forcedColours = null;

/** {mark[], soft[], text[] by state id; id[0..7]; surfaces by token name; ui, code: font families; key}. */
export function palette(root = document.documentElement) {
  forcedColours ??= matchMedia('(forced-colors: active)');
  const forced = forcedColours.matches;
  const key = `${root.dataset.theme ?? ''}${forced ? '!' : ''}`;
  if (kept && key === keptFor) return kept;
  const style = getComputedStyle(root), read = (name) => style.getPropertyValue(`--${name}`).trim();
  const token = (state) => TOKEN[state] ?? state;
  const p = { key, forced, mark: STATE_KEYS.map((state) => read(token(state))), soft: STATE_KEYS.map((state) => read(`${token(state)}-soft`)),
    text: STATE_KEYS.map((state) => read(`${token(state)}-text`)), id: Array.from({ length: 8 }, (_, i) => read(`id-${i}`)), ui: read('font-ui'), code: read('font-code') };
  for (const name of SURFACES) p[name] = read(name);
  if (forced) system(p);
  keptFor = key;
  return (kept = p);
}

/** Forget what was read: the stylesheet itself changed. */
export const forgetPalette = () => { kept = null; };

/** Forced colours: the system's two; patterns and words carry the meaning. */
function system(p) {
  p.mark.fill('CanvasText');
  p.soft.fill('Canvas');
  p.text.fill('CanvasText');
  p.id.fill('CanvasText');
  for (const name of SURFACES) p[name] = /ink$|^ink|line|accent$/.test(name) ? 'CanvasText' : 'Canvas';
  p['id-ink'] = p['accent-ink'] = 'Canvas';
  p.accent = 'Highlight';
}
