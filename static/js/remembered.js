/** What this browser remembers between visits: small values under `threadplay:`; without storage (private windows) nothing, silently. */

/** @param {string} key @param {any} [otherwise] */
export function recall(key, otherwise = null) {
  try {
    const text = localStorage.getItem(`threadplay:${key}`);
    return text === null ? otherwise : JSON.parse(text);
  } catch {
    return otherwise;
  }
}

/** Keep a value; null forgets it. @param {string} key @param {any} value */
export function remember(key, value) {
  try {
    if (value === null) localStorage.removeItem(`threadplay:${key}`);
    else localStorage.setItem(`threadplay:${key}`, JSON.stringify(value));
  } catch { /* full or forbidden: the page works without */ }
}
