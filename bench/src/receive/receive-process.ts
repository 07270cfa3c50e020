import { DeliveryBook } from './delivery-book.ts';
import { startHttpReceiver } from './http-receiver.ts';
import type { ReceiveCommand, ReceiveReport } from './receive.types.ts';

const PROGRESS_INTERVAL_MS = 10;
const EVENT = /"data":\{"r":(\d+),"s":(\d+),"n":(\d+),/;

let book: DeliveryBook | null = null;
let streams = 0;
let reported = 0;

const report = (message: ReceiveReport): void => {
  process.send?.(message);
};

function onRequest(path: string, body: string): void {
  const event = EVENT.exec(body);
  const integration = Number(path.slice(path.lastIndexOf('/') + 1));
  if (!event || Number.isNaN(integration)) book?.foreign(`a request to ${path} that is no event of this load`);
  else book?.book(integration, Number(event[1]), Number(event[2]), Number(event[3]));
}

process.on('message', async (command: ReceiveCommand) => {
  if (command.kind === 'configure') {
    streams = command.integrations * command.streams;
    report({ kind: 'listening', port: await startHttpReceiver(onRequest) });
  } else if (command.kind === 'begin') {
    book = new DeliveryBook(command.run, streams);
    reported = 0;
  } else if (book) {
    report({ kind: 'ended', count: book.count, received: book.received, faults: book.faults });
  }
});
process.on('disconnect', () => process.exit(0));

setInterval(() => {
  if (!book || book.count === reported) return;
  reported = book.count;
  report({ kind: 'progress', count: reported });
}, PROGRESS_INTERVAL_MS);
