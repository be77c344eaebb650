// What a gap hides: the one place that decides which lanes are cut, which objects are marked, and what is said about it.
//
// Lines and output carry no state that the outside sampler does not also see, so a gap of those alone cuts no lane: it is a mark.
// A family with the count 0 was left out, how often nobody knows. A gap that names only objects leaves every lane whole and marks
// those objects' rows. All else cuts: the lanes of the threads it names, or of everybody if it names nobody.

const CARRIED = new Set(['line', 'output']);

/** True if states may have changed unseen during this gap. */
export function hidesState(gap) {
  const families = Object.keys(gap.counts ?? {});
  return families.length === 0 || families.some((family) => !CARRIED.has(family));
}

/** True if no state of that thread may be drawn within the gap. */
export function cutsLane(gap, thread) {
  if (!hidesState(gap)) return false;
  return gap.threads?.length ? gap.threads.includes(thread) : !gap.objects?.length;
}

/** True if the object's owner, value and contents are not known within the gap. */
export function marksObject(gap, obj) {
  if (gap.objects?.length) return gap.objects.includes(obj);
  return !gap.threads?.length && hidesState(gap);
}

/** How many events were not kept, or null if nobody knows. */
export function lost(gap) {
  const total = Object.values(gap.counts ?? {}).reduce((sum, count) => sum + count, 0);
  return total > 0 ? total : null;
}

/** "214 events not kept", "1,204 line events not kept". */
export function gapWords(gap) {
  const total = lost(gap);
  if (total === null) return 'events not kept';
  const families = Object.keys(gap.counts).filter((family) => gap.counts[family] > 0);
  const family = families.length === 1 && families[0] !== 'other' ? `${families[0]} ` : '';
  return `${total.toLocaleString('en-US')} ${family}${total === 1 ? 'event' : 'events'} not kept`;
}
