/** Making elements: every text from a program or a server enters the page through here, as text. */

/**
 * An element with properties (`class`, `data-x`, `aria-x`, other attributes, `onclick` and other listeners) and children.
 * @param {string} name @param {Record<string, any>} [properties] @param {...(Node|string|number|null|undefined|false)} children
 */
export function h(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? '' : String(value));
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false).map((child) => (child instanceof Node ? child : String(child))));
  return element;
}

const SVG = 'http://www.w3.org/2000/svg';

/** An SVG element. @param {string} name @param {Record<string, any>} [attributes] @param {...(Node|string)} children */
export function svg(name, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  element.append(...children);
  return element;
}

/** A picture of the sprite. @param {string} name */
export function icon(name) {
  return svg('svg', { class: 'i', 'aria-hidden': 'true' }, svg('use', { href: `${document.documentElement.dataset.sprite}#${name}` }));
}

/** The identity tag of a thread. @param {{tag: string, identity: number, name: string}} thread @param {string} [size] */
export function tag(thread, size = '') {
  return h('span', { class: `tag id-${thread.identity} ${size}`, title: thread.name }, thread.tag);
}

/** Tag and name side by side. @param {{tag: string, identity: number, name: string}} thread */
export function named(thread) {
  return h('span', { class: 'who-name' }, tag(thread), thread.name);
}

/** Set a text only when it differs, so that nothing is laid out for nothing. @param {Element} element @param {string} text */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** The address of a page or an API of this server, wherever it is mounted. @param {string} path */
export function address(path) {
  return (document.documentElement.dataset.root ?? '') + path;
}
