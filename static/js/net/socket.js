// The connection to /live: one run at a time, kept across lost links. Reconnects with backoff and resumes at the next number, so that no
// message of the run's log is lost or doubled.
import { BadMessage, decode } from './messages.js';
import { Log } from './log.js';

const FIRST_PAUSE_MS = 250, LONGEST_PAUSE_MS = 8000;
/** Between two pings: of an idle page, and while a run is live or an answer is due. A link on which nothing comes for DEAD_MS after a ping is lost,
 * whatever the browser says of it: pulled cables and sleeping radios close nothing. */
const PING_MS = 20_000, LIVE_PING_MS = 1_500, DEAD_MS = 5_000, CONNECT_MS = 10_000;

/** Delay before attempt number `attempt` (from 0): doubling, with a quarter of chance so that a class does not return at once. */
export const backoff = (attempt, random) => Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt) * (0.75 + random() * 0.5);

/**
 * Opens the connection. Listeners: `status` ("connecting" | "open" | "reconnecting" | "closed"), `queued`, `accepted`, `message` (the run's
 * log, in order), `summary`, `error`, `end` (the run's log is complete), `gone`.
 * @param {{url: string, WebSocket?: any, setTimeout?: any, clearTimeout?: any, random?: () => number, nowMs?: () => number}} options
 */
export function createNet({ url, WebSocket = globalThis.WebSocket, setTimeout = (f, ms) => globalThis.setTimeout(f, ms),
  clearTimeout = (timer) => globalThis.clearTimeout(timer), random = Math.random, nowMs = () => performance.now() }) {
  const listeners = new Map();
  let socket = null, open = false, closed = false, attempt = 0, timer = null, ping = null, status = '', heard = nowMs(), unanswered = null;
  let wanted = null, run = null, over = false, log = null, followed = false, unsure = false;
  const runs = new Map();

  const emit = (event, value) => { for (const listener of listeners.get(event) ?? []) listener(value); };
  const setStatus = (next) => { if (status !== next) { status = next; emit('status', next); } };
  const send = (message) => { const ready = open && socket.readyState === 1; if (ready) socket.send(JSON.stringify(message)); return ready; };

  function connect() {
    timer = null;
    setStatus(run || attempt ? 'reconnecting' : 'connecting');
    const mine = (socket = new WebSocket(url));
    mine.binaryType = 'arraybuffer';
    clearTimeout(ping);
    ping = setTimeout(() => { if (mine === socket && !open) abandon(); }, CONNECT_MS);
    mine.onopen = () => {
      if (mine !== socket) return;
      open = true;
      heard = nowMs();
      unanswered = null;
      setStatus('open');
      if (wanted) send(wanted);
      else if (run && !over) { log.renew(); send({ do: 'resume', run, from: log.next }); }
      beat();
    };
    mine.onmessage = ({ data }) => { if (mine === socket) receive(data); };
    mine.onclose = () => { if (mine === socket) lost(); };
    mine.onerror = () => {};
  }

  function lost() {
    open = false;
    socket = null;
    clearTimeout(ping);
    if (closed) { setStatus('closed'); return; }
    setStatus('reconnecting');
    timer = setTimeout(connect, backoff(attempt++, random));
  }

  /** Nothing comes through any more; a close would wait for an answer, too. */
  function abandon() {
    const dead = socket;
    lost();
    dead.close();
  }

  function beat() {
    clearTimeout(ping);
    ping = setTimeout(() => {
      if (unanswered !== null && nowMs() - unanswered >= DEAD_MS) { abandon(); return; }
      if (!send({ do: 'ping' })) return;
      unanswered ??= nowMs();
      beat();
    }, unanswered !== null || (run && !over) ? LIVE_PING_MS : PING_MS);
  }

  function receive(data) {
    let message;
    try { message = decode(data); } catch (error) {
      if (!(error instanceof BadMessage)) throw error;
      emit('error', { code: 'protocol', message: error.message });
      socket?.close(4002);
      return;
    }
    attempt = 0;
    heard = nowMs();
    unanswered = null;
    if (message.type === 'events') {
      if (followed && !runs.has(message.channel)) runs.set(message.channel, run);
      message.run = runs.get(message.channel);
    }
    if (message.n !== undefined) { if (message.run === run && log) log.put(message); return; }
    (PLAIN[message.type] ?? (() => {}))(message);
  }

  const PLAIN = {
    queued: (m) => emit('queued', m),
    accepted(m) {
      runs.set(m.channel, m.run);
      if (m.run === run) return;
      if (!wanted) return;
      wanted = null;
      begin(m.run);
      emit('accepted', m);
    },
    summary(m) {
      if (m.run !== run || !log) return;
      emit('summary', m);
      log.fill(m.to);
    },
    error(m) {
      if (m.code === 'no_such_run' && unsure) { run = log = null; unsure = false; emit('gone', null); return; }
      if (m.code === 'no_such_run' && run && !over) { over = true; emit('lost', { run }); }
      if (wanted && m.code !== 'bad_json' && m.code !== 'unknown_message') wanted = null;
      emit('error', m);
    },
  };

  function begin(id) {
    run = id;
    over = followed = unsure = false;
    log = new Log(deliver, (from, to) => send({ do: 'fetch', run, from, to }));
    beat();
  }

  function deliver(message) {
    unsure = false;
    emit('message', message);
    if (message.type !== 'end') return;
    over = true;
    emit('end', message);
  }

  function ask(what, spec) {
    if (run && !over) send({ do: 'stop', run });
    run = log = null;
    followed = false;
    wanted = { do: what, spec };
    if (!send(wanted) && timer !== null) { clearTimeout(timer); connect(); }
  }

  connect();
  return {
    on(event, listener) {
      if (!listeners.has(event)) listeners.set(event, new Set());
      listeners.get(event).add(listener);
      return () => listeners.get(event).delete(listener);
    },
    /** Asks for a run; if the link is down the request goes out with the next one. */
    run: (spec) => ask('run', spec),
    /** Shows a run that was left, from its first message, on a connection that had none yet; `gone` says that the server has it no more. */
    follow(id) {
      begin(id);
      followed = unsure = true;
      emit('accepted', { run: id });
      send({ do: 'resume', run, from: 0 });
    },
    /** Asks for a search; its log is followed like a run's. */
    find: (spec) => ask('find', spec),
    stop() { if (run && !over) send({ do: 'stop', run }); },
    leave() { wanted = null; send({ do: 'leave' }); },
    /** Tries again now: the browser says it is online, or the visitor asked. */
    retry() { if (timer !== null) { clearTimeout(timer); attempt = 0; connect(); } },
    close() { closed = true; clearTimeout(timer); timer = null; clearTimeout(ping); if (socket) socket.close(1000); else setStatus('closed'); },
    /** How long nothing has come, ms. */
    get silence() { return nowMs() - heard; },
    get status() { return status; },
    get current() { return run; },
    get received() { return log?.next ?? 0; },
  };
}
