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

/** Forced colours: the system's own; patterns and words carry the meaning. */
function system(p) {
  const [text, ground, accent] = ['CanvasText', 'Canvas', 'Highlight'].map(resolved), faint = between(text, ground);
  p.mark.fill(text);
  p.soft.fill(ground);
  p.text.fill(text);
  p.id.fill(text);
  for (const name of SURFACES) p[name] = /ink$|^ink|line-3/.test(name) ? text : /line/.test(name) ? faint : ground;
  p['id-ink'] = p['accent-ink'] = ground;
  p.accent = accent;
  p.key += text;
}

/** A quarter of the way from the ground to the text: for grids, which carry no meaning. */
function between(text, ground) {
  const part = (hex, i) => parseInt(hex.slice(1 + 2 * i, 3 + 2 * i), 16);
  return `#${[0, 1, 2].map((i) => Math.round(part(ground, i) * 0.75 + part(text, i) * 0.25).toString(16).padStart(2, '0')).join('')}`;
}

/** What a system colour is on this page: a canvas apart from the page would not know its colour scheme. As #rrggbb. */
function resolved(name) {
  const probe = document.createElement('span');
  probe.style.color = name;
  probe.style.forcedColorAdjust = 'none';
  document.body.append(probe);
  const [r, g, b] = (getComputedStyle(probe).color.match(/[\d.]+/g) ?? [0, 0, 0]).map(Number);
  probe.remove();
  return `#${[r, g, b].map((each) => Math.round(each).toString(16).padStart(2, '0')).join('')}`;
}
