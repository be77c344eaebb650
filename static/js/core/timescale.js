// Ticks of a ruler: 1, 2 or 5 times a power of ten apart, at least so many pixels, with the unit where it helps.

const FORMATS = [0, 1].map((digits) => new Intl.NumberFormat('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits }));
const UNITS = [['s', 1e9], ['ms', 1e6], ['\u00b5s', 1e3], ['ns', 1]];

/** The smallest 1/2/5 x 10^n ns that is at least `least` ns. */
export function niceStep(least) {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, least)));
  for (const times of [1, 2, 5, 10]) if (times * power >= least * (1 - 1e-9)) return times * power;
  return 10 * power;
}

/** Unit and decimals for ticks `step` apart that reach to t1: the largest unit that needs at most one decimal. */
function unitFor(step, t1) {
  for (const [unit, size] of UNITS) {
    const decimals = Math.max(0, Math.round(-Math.log10(step / size) + 0.31));
    if (t1 >= size && decimals <= 1) return { unit, size, decimals };
  }
  return { unit: 'ns', size: 1, decimals: 0 };
}

/** Ticks from t0 to t1 on `width` pixels, at least `apart` pixels from each other: [{t, text, unit, named}]. The unit stands on
 * the first that is drawn, and where `named`: on round hundreds, or on whole numbers among fractions. */
export function ticks(t0, t1, width, apart = 60) {
  const step = niceStep(((t1 - t0) / width) * apart), { unit, size, decimals } = unitFor(step, t1), found = [];
  for (let n = Math.max(0, Math.ceil(t0 / step)); n * step <= t1 && found.length < 1000; n++) {
    const value = (n * step) / size, text = value < 1000 ? value.toFixed(decimals) : FORMATS[decimals].format(value);
    const named = Math.abs(value / 100 - Math.round(value / 100)) < 1e-9 || (decimals > 0 && Math.abs(value - Math.round(value)) < 1e-9);
    found.push({ t: n * step, text, unit, named });
  }
  return found;
}
