/** The gallery: search and chips, how far this browser has come, cards and hero drawn from recorded traces. */
import { miniature } from './draw/miniature.js';
import { hero } from './hero.js';
import { h, icon } from './panels/dom.js';
import { recall } from './remembered.js';
import { recordedTrace } from './recorded.js';

/** With more lanes than this they are too low for their patterns; a sixth is spared by leaving main out. */
const ROOMY = 4;

const cards = [...document.querySelectorAll('.sc')];
const groups = [...document.querySelectorAll('.grp')];
const search = document.getElementById('search');
const chips = document.getElementById('chips');
let chosen = 'All';

function filter() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const card of cards) card.hidden = !((chosen === 'All' || card.dataset.primitive === chosen) && words.every((word) => card.dataset.words.includes(word)));
  for (const group of groups) group.hidden = !group.querySelector('.sc:not([hidden])');
  document.getElementById('none').hidden = cards.some((card) => !card.hidden);
  for (const chip of chips.children) chip.setAttribute('aria-pressed', String(chip.textContent === chosen));
}

function startFinder() {
  const primitives = [...new Set(cards.map((card) => card.dataset.primitive))];
  chips.replaceChildren(...['All', ...primitives].map((name) => h('button', { type: 'button', onclick: () => { chosen = name; filter(); } }, name)));
  search.value = new URL(location.href).searchParams.get('q') ?? '';
  search.addEventListener('input', filter);
  search.form.addEventListener('submit', (event) => event.preventDefault());
  document.addEventListener('keydown', (event) => {
    if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || event.target.closest('input') || !recall('single-keys', true)) return;
    event.preventDefault();
    search.focus();
  });
  filter();
}

/** Marks what was done in this browser, and the first thing that was not. */
function showProgress() {
  const done = recall('done', {});
  let next = Object.keys(done).length ? cards.find((card) => !done[card.dataset.slug]) : null;
  for (const group of groups) {
    const all = [...group.querySelectorAll('.sc')];
    const ready = all.filter((card) => done[card.dataset.slug]);
    group.querySelector('.progress').textContent = `${ready.length} of ${all.length}`;
    for (const card of all) mark(card, Boolean(done[card.dataset.slug]), card === next);
    const step = document.querySelector(`.path li[data-topic="${CSS.escape(group.dataset.topic)}"]`);
    step.classList.toggle('full', ready.length === all.length);
    step.classList.toggle('half', ready.length > 0 && ready.length < all.length);
    if (!ready.length) continue;
    const following = all.find((card) => !done[card.dataset.slug]);
    step.querySelector('small').textContent = following ? `${ready.length} of ${all.length}, next: ${following.querySelector('h3').textContent}` : 'done';
  }
}

function mark(card, done, next) {
  const place = card.querySelector('.mark');
  card.classList.toggle('next', next);
  place.className = done ? 'mark ok' : next ? 'mark nx' : 'mark num';
  place.replaceChildren(...(done ? [icon('check'), 'done'] : [next ? 'next' : `${place.dataset.minutes} min`]));
}

/** Pictures are fetched when their card comes near the window. */
function drawPictures(vocabulary) {
  const drawn = new Map();
  const draw = (canvas) => {
    const trace = drawn.get(canvas);
    const many = trace.threads.length > ROOMY;
    miniature(canvas, trace, { gap: many ? 2.5 : 5, skip: trace.threads.length === ROOMY + 2 ? 1 : 0 });
  };
  const near = new IntersectionObserver(async (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      const trace = await recordedTrace(target.dataset.trace, vocabulary);
      if (!trace) continue;
      drawn.set(target, trace);
      draw(target);
    }
  }, { rootMargin: '300px' });
  for (const canvas of document.querySelectorAll('canvas[data-trace]')) near.observe(canvas);
  const again = () => drawn.forEach((_, canvas) => draw(canvas));
  document.addEventListener('themechange', again);
  addEventListener('resize', again);
}

startFinder();
showProgress();
addEventListener('pageshow', showProgress);
const page = JSON.parse(document.getElementById('page-data')?.textContent ?? '{}');
const vocabulary = await (await fetch(page.vocabulary_url ?? `${document.documentElement.dataset.root}/vocabulary.json`)).json();
await document.fonts.ready;
drawPictures(vocabulary);
hero(document.getElementById('hero'), page.hero ? [page.hero] : [...document.querySelectorAll('canvas[data-trace]')].map((canvas) => canvas.dataset.trace), vocabulary);
