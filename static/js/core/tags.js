// Identity tags: `B1` for Baker-1. Initial and number of the shown name; a clash takes the next free letter.

/** The short tag of a thread called `name`, not among `taken` (a Set, to which it is added). */
export function tagFor(name, id, taken) {
  const letters = (name.replace(/[^\p{L}]/gu, '') || 'T').toUpperCase();
  const number = id === 0 ? '' : (name.match(/(\d{1,3})\D*$/)?.[1] ?? '');
  const rest = [...letters.slice(1), ...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
  const tag = [letters[0], ...rest].map((letter) => letter + number).find((each) => !taken.has(each)) ?? `T${id}`;
  taken.add(tag);
  return tag;
}

/** Identity colour of a thread: main is neutral (0), the others go round 1..7. */
export const identityFor = (id) => (id === 0 ? 0 : ((id - 1) % 7) + 1);

/** The part of a name that members of one team share: `Worker-12` -> `Worker`. */
export const stemOf = (name) => name.replace(/[\s_\-#.]*\d+\)?$/u, '') || name;
