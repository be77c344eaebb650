// A digest of a trace's events that anybody can recompute from the JSONL export: FNV-1a, 64 bits, over one ASCII line per event,
//   seq|at_ns|kind|thread|to|obj|line|cause\n
// in order of seq; `kind` is the name, `to` the number of the ThreadState (0: none), an absent cause is empty. Shown as 16 hex digits.
// In Python: h = 0xcbf29ce484222325; for byte in line.encode(): h = (h ^ byte) * 0x100000001b3 % 2**64

/** A running FNV-1a 64, kept as two halves of 32 bits. */
export class Digest {
  constructor() {
    this.high = 0xcbf29ce4;
    this.low = 0x84222325;
  }

  add(text) {
    let { high, low } = this;
    for (let i = 0; i < text.length; i++) {
      low = (low ^ text.charCodeAt(i)) >>> 0;
      const bottom = (low & 0xffff) * 0x1b3, top = (low >>> 16) * 0x1b3 + (bottom >>> 16);
      const carry = Math.floor(top / 0x10000);
      high = (Math.imul(high, 0x1b3) + carry + (low << 8)) >>> 0;
      low = (((top & 0xffff) << 16) | (bottom & 0xffff)) >>> 0;
    }
    this.high = high;
    this.low = low;
  }

  hex() {
    return this.high.toString(16).padStart(8, '0') + this.low.toString(16).padStart(8, '0');
  }
}

/** The digest of all events of a trace. */
export function digestOf(trace) {
  const digest = new Digest(), { events } = trace;
  for (let row = 0; row < events.count; row++) {
    const cause = events.cause[row] === 0xffffffff ? '' : events.cause[row];
    digest.add(`${row + trace.firstSeq}|${events.at[row]}|${trace.kinds[events.kind[row]]?.name ?? ''}|${events.thread[row]}|${events.to[row]}|${events.obj[row]}|${events.line[row]}|${cause}\n`);
  }
  return digest.hex();
}
