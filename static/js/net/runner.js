// Controlled runs, asked for one by one: each answer is a whole trace with its steps. A connection of its own, so that a run that is being
// watched is left alone. The newest wish wins; a run ahead of time (for a card under the pointer) gives way to one that is wanted.
import { Steps } from '../core/steps.js';
import { Trace } from '../core/trace.js';

/** The run was given up for a newer one. */
export class Replaced extends Error {}

/**
 * @param {{open: () => any, vocabulary: any, onStatus?: (status: {run?: string, place?: number, eta?: number}) => void}} options `open` makes the connection (`createNet`)
 */
export function createRunner({ open, vocabulary, onStatus = () => {} }) {
  let net = null, current = null, waiting = null;

  function connect() {
    net = open();
    net.on('queued', (m) => { if (current?.shown) onStatus({ run: 'queued', place: m.place, eta: m.eta_s ?? null }); });
    net.on('accepted', (m) => {
      if (!current) return;
      current.result = { run: m.run, trace: new Trace(vocabulary), steps: new Steps(vocabulary, current.spec.granularity), source: current.spec.source, spec: current.spec };
      current.result.trace.run = m.run;
      if (current.shown) onStatus({ run: 'starting' });
    });
    net.on('message', (m) => {
      const { trace, steps } = current?.result ?? {};
      if (!trace) return;
      trace.apply(m);
      steps.apply(m);
      if (m.type === 'hello' && current.shown) onStatus({ run: 'live' });
      if (m.type === 'end') finish((request) => request.resolve(request.result));
    });
    net.on('lost', () => finish((request) => request.reject(new Error('The run is no longer on the server. Run it again.'))));
    net.on('error', (m) => finish((request) => request.reject(Object.assign(new Error(m.message), { code: m.code, line: m.line }))));
    net.on('status', (status) => { if (status === 'reconnecting' && current?.shown) onStatus({ run: 'reconnecting' }); });
  }

  function finish(settle) {
    const request = current;
    current = null;
    if (request) settle(request);
    const next = waiting;
    waiting = null;
    if (next && !current) begin(next);
  }

  function begin(request) {
    if (!net) connect();
    current = request;
    if (request.shown) onStatus({ run: 'starting' });
    net.run(request.spec);
  }

  return {
    /** Opens the connection before it is needed. */
    warm() { if (!net) connect(); },
    /** Runs the spec; resolves with {run, trace, steps, source, spec}. `ahead`: nobody waits for it yet. */
    along(spec, { ahead = false } = {}) {
      return new Promise((resolve, reject) => {
        const request = { spec, resolve, reject, shown: !ahead, result: null };
        if (ahead && current) {
          waiting?.reject(new Replaced());
          waiting = request;
          return;
        }
        waiting?.reject(new Replaced());
        waiting = null;
        const before = current;
        begin(request);
        before?.reject(new Replaced());
      });
    },
    /** Stops the run that is under way; what there is of it comes as its result. */
    stop() { if (net && current) net.stop(); },
    /** Gives up waiting for a place. */
    leave() {
      net?.leave();
      const request = current;
      current = null;
      request?.reject(new Replaced());
    },
    get busy() { return Boolean(current); },
    close() { net?.close(); net = null; },
  };
}
