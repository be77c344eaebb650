/** Keys of the Schedule mode. They work wherever the page has the focus, but not in fields, menus, tabs and dialogs. */

const FIELDS = 'input, select, textarea, dialog, [role=menu], [role=tablist], .cm-editor';

/** `does` has choices ({options, pick}), branches ({open}), zoom(direction). */
export function handleStepKeys(app, { choices, branches, zoom }) {
  const { store, actions } = app;
  const at = () => store.get().step;
  const choice = (direction) => { const { steps } = store.get(), k = steps.nextChoice(at(), direction); actions.stepTo(k >= 0 ? k : direction < 0 ? 0 : Infinity); };
  const keys = {
    ArrowRight: (event) => (event.shiftKey ? choice(1) : actions.stepTo(at() + 1)),
    ArrowLeft: (event) => (event.shiftKey ? choice(-1) : actions.stepTo(Math.max(0, at() - 1))),
    Home: () => actions.stepTo(0),
    End: () => actions.stepTo(Infinity),
  };
  const single = { b: () => branches.open(), '+': () => zoom(1), '=': () => zoom(1), '-': () => zoom(-1), 0: () => zoom(0) };
  const onKey = (event) => {
    const { mode, steps, singleKeys } = store.get(), target = event.composedPath()[0];
    if (mode === 'free' || !steps?.count || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (document.querySelector('dialog[open]') || !(target instanceof Element) || target.isContentEditable || target.closest(FIELDS)) return;
    const digit = /^[1-9]$/.test(event.key) && mode === 'controlled' && singleKeys ? Number(event.key) : 0;
    const enter = event.key === 'Enter' && mode === 'controlled' && !target.closest('button, a, summary');
    const action = digit ? () => { const thread = choices.options()[digit - 1]; if (thread !== undefined) choices.pick(thread); }
      : enter ? () => actions.stepTo(at() + 1) : keys[event.key] ?? (singleKeys ? single[event.key.toLowerCase()] : undefined);
    if (!action) return;
    event.preventDefault();
    action(event);
  };
  document.addEventListener('keydown', onKey);
  return () => document.removeEventListener('keydown', onKey);
}
