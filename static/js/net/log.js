// A run's log as it arrives: in order, each message once. What comes too early waits; what came already is dropped; holes are asked for.

const MOST_WAITING = 4096;

/** Puts numbered messages in order and hands each on exactly once. */
export class Log {
  /** @param {(message: any) => void} take @param {(from: number, to: number) => void} ask wants messages from..to-1 sent (again) */
  constructor(take, ask) {
    this.take = take;
    this.ask = ask;
    this.next = 0;
    this.early = new Map();
    this.asked = 0;
  }

  /** One message with its number `n`. */
  put(message) {
    const { n } = message;
    if (n < this.next) return;
    if (n > this.next) {
      if (this.early.size === 0) this.fill(n);
      if (this.early.size < MOST_WAITING) this.early.set(n, message);
      return;
    }
    this.#hand(message);
    while (this.early.has(this.next)) {
      const waiting = this.early.get(this.next);
      this.early.delete(this.next);
      this.#hand(waiting);
    }
    if (this.early.size) this.fill(Math.min(...this.early.keys()));
  }

  /** Asks for what is missing before `to`, once. */
  fill(to) {
    if (this.asked >= to) return;
    const from = Math.max(this.next, this.asked);
    this.asked = to;
    this.ask(from, to);
  }

  /** The connection is new: whatever was asked for on the old one will not come. */
  renew() {
    this.asked = this.next;
    this.early.clear();
  }

  #hand(message) {
    this.next = message.n + 1;
    if (this.asked < this.next) this.asked = this.next;
    this.take(message);
  }
}
