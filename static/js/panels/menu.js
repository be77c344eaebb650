/** A button that opens a card of choices: Escape, a click elsewhere or leaving it with Tab closes it; arrows move within. */
import { h } from './dom.js';

/**
 * @param {Element} root the `.menu` element @param {HTMLButtonElement} button
 * @param {() => Element[]} items made anew at each opening
 * @param {{role?: string, label: string}} how
 */
export function menu(root, button, items, { label }) {
  let card = null;
  button.setAttribute('aria-haspopup', 'menu');
  button.setAttribute('aria-expanded', 'false');
  const close = (refocus) => {
    if (!card) return;
    card.remove();
    card = null;
    button.setAttribute('aria-expanded', 'false');
    if (refocus) button.focus();
  };
  const open = () => {
    card = h('div', { class: 'menu-card', role: 'menu', 'aria-label': label }, ...items());
    card.addEventListener('click', () => close(true));
    card.addEventListener('keydown', move);
    root.append(card);
    button.setAttribute('aria-expanded', 'true');
    card.querySelector('a, button')?.focus();
  };
  const move = (event) => {
    const all = [...card.querySelectorAll('a, button')];
    const at = all.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    all.at(to % all.length).focus();
  };
  button.addEventListener('click', () => (card ? close(true) : open()));
  const off = closing(root, () => card, close);
  return () => { close(false); off(); };
}

/** A `<details class="menu">` of the page, whose card only tells: it closes as the others do. @param {HTMLDetailsElement} root */
export function mount(root) {
  return closing(root, () => root.open, (refocus) => {
    root.open = false;
    if (refocus) root.querySelector('summary').focus();
  });
}

/** What closes a card that is open. @returns {() => void} to listen no more */
function closing(root, isOpen, close) {
  const onEscape = (event) => { if (event.key === 'Escape' && isOpen()) { event.stopPropagation(); close(true); } };
  const onLeave = (event) => { if (event.relatedTarget && !root.contains(event.relatedTarget)) close(false); };
  const onOutside = (event) => { if (isOpen() && !root.contains(event.target)) close(false); };
  root.addEventListener('keydown', onEscape);
  root.addEventListener('focusout', onLeave);
  document.addEventListener('pointerdown', onOutside);
  return () => {
    root.removeEventListener('keydown', onEscape);
    root.removeEventListener('focusout', onLeave);
    document.removeEventListener('pointerdown', onOutside);
  };
}
