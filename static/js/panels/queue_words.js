/** A place in the queue: bars with one's own marked, and in words. */
import { h } from './dom.js';

const SHOWN = 8;

/** "3rd in line, about 20 s". @param {number|null} place @param {number|null} eta seconds @returns {Element[]} */
export function inLine(place, eta) {
  const about = eta ? `about ${Math.max(1, Math.round(eta))} s. ` : '';
  return [bars(place), h('b', {}, place ? `${ordinal(place)} in line` : 'In line'), h('span', { class: 'sub num' }, `${about}You can keep editing.`)];
}

function bars(place) {
  const shown = Math.min(SHOWN, Math.max(place ?? 1, 1) + 2);
  const each = Array.from({ length: shown }, (_, index) => h('i', { class: index === Math.min(place ?? 1, shown) - 1 ? 'me' : null }));
  return h('span', { class: 'places', 'aria-hidden': 'true' }, ...each);
}

/** 1st, 2nd, 3rd. @param {number} place */
export function ordinal(place) {
  const ending = place % 100 >= 11 && place % 100 <= 13 ? 'th' : { 1: 'st', 2: 'nd', 3: 'rd' }[place % 10] ?? 'th';
  return `${place}${ending}`;
}
