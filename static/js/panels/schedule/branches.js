/** The orders tried so far: a pill that says which one is shown, and the list behind it. */
import { h, icon, say } from '../dom.js';
import { menu } from '../menu.js';
import { endOf } from './endings.js';

/** {element, update(), open()} */
export function makeBranches(app) {
  const { store, actions } = app;
  const words = h('span', {});
  const button = h('button', { class: 'pill', type: 'button', 'aria-keyshortcuts': 'b' }, icon('branch'), words);
  const element = h('div', { class: 'menu branches', hidden: true }, button);
  const items = () => store.get().branches.map((branch) => {
    const now = branch.id === store.get().branch, { mark, words: ending } = endOf(branch.result);
    return h('button', { type: 'button', role: 'menuitemradio', 'aria-checked': String(now), onclick: () => actions.branchTo(branch.id) }, mark,
      h('span', {}, nameOf(branch)), h('small', {}, `${ending}, ${branch.choices.length} steps`));
  });
  menu(element, button, items, { label: 'Branches' });
  return {
    element,
    open() { if (!element.hidden) button.click(); },
    update() {
      const { branches, branch: id } = store.get(), branch = branches.find((each) => each.id === id);
      element.hidden = branches.length < 2 || !branch;
      if (branch) say(words, nameOf(branch));
      button.title = 'All branches (B)';
    },
  };
}

const nameOf = ({ id, from }) => (id === 1 ? 'Branch 1, as it began' : `Branch ${id}, from step ${from}`);
