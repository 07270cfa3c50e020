import { HttpSender } from '../load/http-sender.ts';
import { PRESSED_TYPE, type PressCommand, type PressPlan, type PressReport } from './press.types.ts';

const ACCEPTED = 202;
const REFUSED = 429;

const report = (message: PressReport): void => {
  process.send?.(message);
};

/** Makes requests of different events, built before they are timed. */
function bodiesOf(plan: PressPlan, connection: number): () => string {
  const text = 'x'.repeat(plan.dataBytes);
  let n = 0;
  const event = (form: object) => {
    n += 1;
    return { id: `${process.pid}-${connection}-${n}`, type: PRESSED_TYPE, data: { n, text }, ...form };
  };
  if (plan.eventsARequest === 1) return () => JSON.stringify(event({}));
  const form = { specversion: '1.0', source: '/bench' };
  return () => JSON.stringify(Array.from({ length: plan.eventsARequest }, () => event(form)));
}

async function press(plan: PressPlan): Promise<void> {
  const answered: number[] = [];
  let refused = 0;
  const startedAt = performance.now();
  const endsAt = startedAt + plan.seconds * 1_000;
  const contentType = plan.eventsARequest === 1 ? 'application/json' : 'application/cloudevents-batch+json';
  const connection = (_: unknown, index: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const sender = new HttpSender({ ...plan, contentType }, reject);
      const nextBody = bodiesOf(plan, index);
      // Connections begin one after the other, so that what they send is spread evenly.
      let dueAt = startedAt + (plan.everyMs * index) / plan.connections;
      const sendDue = (): void => {
        if (plan.everyMs === 0) send(performance.now());
        else setTimeout(send, Math.max(0, dueAt - performance.now()), dueAt);
        dueAt += plan.everyMs;
      };
      const send = (sentAt: number): void => {
        if (performance.now() >= endsAt) {
          sender.close();
          resolve();
          return;
        }
        sender.post(nextBody(), (status, body) => {
          if (status === REFUSED && plan.refusals === 'count') {
            refused += 1;
            sendDue();
            return;
          }
          if (status !== ACCEPTED || body.includes('"error"')) {
            reject(new Error(`the front door answered ${status}: ${body.slice(0, 300)}`));
            return;
          }
          answered.push(performance.now() - sentAt);
          sendDue();
        });
      };
      sendDue();
    });
  await Promise.all(Array.from({ length: plan.connections }, connection));
  const seconds = (performance.now() - startedAt) / 1_000;
  const events = answered.length * plan.eventsARequest;
  report({ kind: 'pressed', events, refused, seconds, answeredMs: Float64Array.from(answered) });
}

process.on('message', ({ plan }: PressCommand) => {
  press(plan).catch((error: unknown) => report({ kind: 'failed', reason: String(error) }));
});
process.on('disconnect', () => process.exit(0));
