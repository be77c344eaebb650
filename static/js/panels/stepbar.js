/** The bar of a phone in Schedule: the steps within reach of the thumb, once there are some; until then Run stands there. */
import { makeTransport } from './schedule/transport.js';

export function mount(root, app) {
  const transport = makeTransport(app, { phone: true });
  root.append(transport.element);
  const draw = () => {
    document.body.toggleAttribute('data-steps', Boolean(app.store.get().steps?.count));
    transport.update();
  };
  const off = app.store.on(['steps', 'step', 'branch', 'branches'], draw);
  draw();
  return () => { off(); root.replaceChildren(); };
}
