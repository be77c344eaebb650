/** Phone width: one of code, timeline, objects at a time. */

export function mount(root, app) {
  const tabs = [...root.querySelectorAll('[data-tab]')];
  const show = (name) => {
    document.body.dataset.view = name;
    for (const tab of tabs) {
      const on = tab.dataset.tab === name;
      tab.setAttribute('aria-selected', String(on));
      tab.tabIndex = on ? 0 : -1;
    }
    app.store.set({ tab: name });
    dispatchEvent(new Event('resize'));
  };
  const onClick = (event) => {
    const tab = event.target.closest('[data-tab]');
    if (tab) show(tab.dataset.tab);
  };
  const onKey = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = tabs[(tabs.indexOf(document.activeElement) + step + tabs.length) % tabs.length];
    show(next.dataset.tab);
    next.focus();
  };
  root.addEventListener('click', onClick);
  root.addEventListener('keydown', onKey);
  show(document.body.dataset.view);
  return () => { root.removeEventListener('click', onClick); root.removeEventListener('keydown', onKey); };
}
