// Joins the connection to the page's state: a run's messages become a Trace, its course becomes `run`, `place` and `error`.
import { Trace } from '../core/trace.js';

/** Returns the function that parts them again. `nowMs` is the page's clock. */
export function followRun(net, store, vocabulary, { nowMs = () => performance.now(), onMessage = () => {} } = {}) {
  let trace = null, frame = null;
  /** Another mode may be on the page meanwhile; it has a trace of its own. */
  const shown = () => store.get().mode === 'free';
  const tell = () => { frame = null; if (shown()) store.set({ version: store.get().version + 1 }); };
  const soon = () => { frame ??= (globalThis.requestAnimationFrame ?? ((f) => setTimeout(f, 16)))(tell); };
  const offs = [
    net.on('queued', (m) => shown() && store.set({ run: 'queued', place: m.place, eta: m.eta_s ?? null })),
    net.on('accepted', (m) => {
      trace = new Trace(vocabulary);
      trace.run = m.run;
      if (!shown()) { net.stop(); return; }
      store.set({ trace, run: 'starting', place: null, error: null, playhead: null, selection: null, hover: null, view: null, following: true, summary: null });
    }),
    net.on('message', (m) => {
      if (!trace) return;
      trace.apply(m);
      onMessage(m, nowMs());
      if (!shown()) return;
      if (m.type === 'hello') store.set({ run: 'live' });
      if (m.type === 'end') store.set({ run: 'ended' });
      soon();
    }),
    net.on('summary', (m) => store.set({ summary: m })),
    net.on('lost', () => shown() && store.set({ run: 'ended', error: { code: 'no_such_run', message: 'The run is no longer on the server. What arrived until then is shown.' } })),
    net.on('gone', () => { trace = null; store.set({ trace: null, ranSource: null, run: 'idle' }); }),
    net.on('error', (m) => {
      if (!shown()) return;
      const { run } = store.get();
      store.set({ error: m, ...(run === 'queued' || run === 'starting' ? { run: trace?.count ? 'ended' : 'idle' } : {}) });
    }),
    net.on('status', (status) => {
      if (!shown()) return;
      const { run } = store.get();
      if (status === 'reconnecting' && (run === 'live' || run === 'starting')) store.set({ run: 'reconnecting' });
      if (status === 'open' && run === 'reconnecting') store.set({ run: trace?.ended ? 'ended' : 'live' });
    }),
  ];
  const online = () => net.retry();
  globalThis.addEventListener?.('online', online);
  return () => { offs.forEach((off) => off()); globalThis.removeEventListener?.('online', online); };
}
