// Light or dark before the first paint; a classic script in the head, so that no page ever flashes. Remembers the visitor's choice.
(() => {
  const root = document.documentElement;
  const system = matchMedia('(prefers-color-scheme: dark)');
  const stored = () => { try { return localStorage.getItem('threadplay:theme'); } catch { return null; } };
  const show = (theme) => {
    root.dataset.theme = theme;
    root.dispatchEvent(new CustomEvent('themechange', { bubbles: true, detail: theme }));
  };
  show(stored() ?? (system.matches ? 'dark' : 'light'));
  system.addEventListener('change', () => { if (!stored()) show(system.matches ? 'dark' : 'light'); });
  document.addEventListener('click', (event) => {
    if (!event.target.closest?.('[data-theme-toggle]')) return;
    const theme = root.dataset.theme === 'dark' ? 'light' : 'dark';
    try { localStorage.setItem('threadplay:theme', theme); } catch { /* a private window: the choice lasts for this page */ }
    show(theme);
  });
})();
