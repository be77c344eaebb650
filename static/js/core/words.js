// Times and counts as people read them.

/** A time or a duration: "5.9 ms", "12.4 \u00b5s", "3.21 s". @param {number} ns */
export function duration(ns) {
  if (ns < 1) return '0 ms';
  if (ns >= 60e9) return `${Math.floor(ns / 60e9)} min ${Math.round((ns % 60e9) / 1e9)} s`;
  if (ns >= 10e9) return `${(ns / 1e9).toFixed(1)} s`;
  if (ns >= 1e9) return `${(ns / 1e9).toFixed(2)} s`;
  if (ns >= 1e5) return `${(ns / 1e6).toFixed(1)} ms`;
  return `${(ns / 1e3).toFixed(ns >= 1e4 ? 0 : 1)} \u00b5s`;
}

const WHOLE = new Intl.NumberFormat('en-US');

/** "1 event", "812 events". */
export const plural = (count, word) => `${WHOLE.format(count)} ${word}${count === 1 ? '' : 's'}`;
