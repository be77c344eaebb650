// Columns that grow: parallel typed arrays under one count, doubled when full, so that a million rows cost no objects.

/** Parallel typed arrays, one per field of `schema` ({name: TypedArray constructor}); rows 0..count-1 are valid. */
export class Table {
  /** @param {Record<string, any>} schema @param {number} room first capacity */
  constructor(schema, room = 16) {
    this.count = 0;
    this.schema = schema;
    this.room = room;
    for (const name in schema) this[name] = new schema[name](room);
  }

  /** Makes one more row and returns its number; its fields are still zero. */
  add() {
    if (this.count === this.room) this.reserve(this.room * 2);
    return this.count++;
  }

  /** Room for at least `rows` rows; doubling keeps appending linear. */
  reserve(rows) {
    if (rows <= this.room) return;
    this.room = Math.max(rows, this.room * 2);
    for (const name in this.schema) {
      const grown = new this.schema[name](this.room);
      grown.set(this[name].subarray(0, this.count));
      this[name] = grown;
    }
  }
}

/** The first i in [from, count) with values[i] >= wanted, or count. Values must not fall. */
export function lowerBound(values, count, wanted, from = 0) {
  let low = from, high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle] < wanted) low = middle + 1; else high = middle;
  }
  return low;
}

/** The first i in [from, count) with values[i] > wanted, or count. */
export function upperBound(values, count, wanted, from = 0) {
  let low = from, high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle] <= wanted) low = middle + 1; else high = middle;
  }
  return low;
}

/** lowerBound for an answer that is likely near `from`, or about `step` after it: steps double before the search halves. */
export function gallop(values, count, wanted, from, step = 1) {
  let low = from;
  while (low + step < count && values[low + step] < wanted) { low += step; step *= 2; }
  return lowerBound(values, Math.min(count, low + step + 1), wanted, low);
}
