/** At which operations a thread may be stopped. */
import { h, icon } from '../dom.js';
import { menu } from '../menu.js';

const WORDS = { sync: 'locks and queues only', line: 'each line', access: 'each read and write', bytecode: 'each instruction', gil: 'where this Python switches' };

/** {element, update()} */
export function makeGranularity(app) {
  const { store, actions, vocabulary } = app;
  const all = vocabulary.granularities ?? Object.entries(WORDS).map(([id, word]) => ({ id, word, sentence: '' }));
  const button = h('button', { class: 'btn s', type: 'button', title: 'Where a thread may be stopped' });
  const element = h('div', { class: 'menu granularity' }, button);
  const items = () => all.map(({ id, word, sentence }) => {
    const now = id === store.get().granularity;
    return h('button', { type: 'button', role: 'menuitemradio', 'aria-checked': String(now), onclick: () => actions.setGranularity(id) }, now ? icon('check') : h('span', {}), h('span', {}, word), sentence ? h('small', {}, sentence) : null);
  });
  menu(element, button, items, { label: 'Where a thread may be stopped' });
  let shown = '';
  return {
    element,
    update() {
      const { granularity } = store.get();
      if (granularity === shown) return;
      shown = granularity;
      button.replaceChildren(all.find(({ id }) => id === granularity)?.word ?? granularity, icon('down'));
    },
  };
}
