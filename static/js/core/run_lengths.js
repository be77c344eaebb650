// The choices of a schedule as its text has them: `0*12,1*3,t,0*2` (t moves the clock).

/** As `chosen`: the clock was moved; nobody could go on. */
export const CLOCK = -1, NOBODY = -2;

/** Thread ids (and CLOCK) as the text of a schedule's last part. */
export function writeChoices(choices) {
  const parts = [];
  for (let i = 0; i < choices.length;) {
    let end = i + 1;
    while (end < choices.length && choices[end] === choices[i]) end++;
    const who = choices[i] === CLOCK ? 't' : String(choices[i]);
    parts.push(end - i === 1 ? who : `${who}*${end - i}`);
    i = end;
  }
  return parts.join(',');
}

/** The choices that such a text means; parts that are none are left out. */
export function readChoices(text) {
  const choices = [];
  for (const part of text.split(',')) {
    const found = /^(t|\d{1,5})(?:\*(\d{1,6}))?$/.exec(part);
    if (!found) continue;
    const who = found[1] === 't' ? CLOCK : Number(found[1]);
    for (let i = Number(found[2] ?? 1); i > 0; i--) choices.push(who);
  }
  return choices;
}

/** A whole schedule text taken apart: {head: "tp1;access;3.13;hash", granularity, choices}; null if it is none. */
export function readSchedule(text) {
  const parts = text.trim().split(';');
  if (parts.length !== 5) return null;
  return { head: parts.slice(0, 4).join(';'), granularity: parts[1], choices: readChoices(parts[4]) };
}
