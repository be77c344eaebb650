/** The polite live region: at most one sentence every two seconds, the latest wins, findings go first. In Schedule a sentence for each step, at once. */

const PAUSE_MS = 2000;

export function mount(root, app) {
  let waiting = null;
  let timer = 0;
  let heard = 0;
  const speak = () => {
    timer = 0;
    if (!waiting) return;
    root.textContent = waiting.sentence;
    waiting = null;
    timer = setTimeout(speak, PAUSE_MS);
  };
  const announce = (sentence, first = false) => {
    if (waiting?.first && !first) return;
    waiting = { sentence, first };
    if (app.store.get().mode === 'controlled' && !first) { clearTimeout(timer); timer = 0; }
    if (!timer) speak();
  };
  const offs = [
    app.store.on(['announcement'], () => announce(app.store.get().announcement)),
    app.store.on(['trace'], () => { heard = 0; }),
    app.store.on(['version'], () => {
      const findings = app.store.get().trace?.findings ?? [];
      if (findings.length <= heard) return;
      const finding = findings.at(-1);
      heard = findings.length;
      announce([finding.title, ...finding.story].join('. '), true);
    }),
  ];
  return () => { offs.forEach((off) => off()); clearTimeout(timer); };
}
