import { DeliveryBook } from './delivery-book.ts';
import { Endpoints } from './endpoints.ts';
import { type Exchange, startHttpReceiver } from './http-receiver.ts';
import { startNodeReceiver } from './node-receiver.ts';
import type { ReceiveCommand, ReceiveReport } from './receive.types.ts';

const PROGRESS_INTERVAL_MS = 10;
const EVENT = /"data":\{"r":(\d+),"s":(\d+),"n":(\d+),/;

let book: DeliveryBook | null = null;
let streams = 0;
let reported = 0;
const endpoints = new Endpoints();

const report = (message: ReceiveReport): void => {
  process.send?.(message);
};

function onRequest(path: string, body: string, exchange: Exchange): void {
  const integration = Number(path.slice(path.lastIndexOf('/') + 1));
  if (!endpoints.meet(integration, exchange)) return;
  const event = EVENT.exec(body);
  if (!event || Number.isNaN(integration)) book?.foreign(`a request to ${path} that is no event of this load`);
  else book?.book(integration, Number(event[1]), Number(event[2]), Number(event[3]));
}

const receiver = await startHttpReceiver(onRequest);
const fragile = await startHttpReceiver(onRequest);
const nodePort = await startNodeReceiver(onRequest);

process.on('message', async (command: ReceiveCommand) => {
  switch (command.kind) {
    case 'configure':
      streams = command.integrations * command.streams;
      report({ kind: 'listening', port: receiver.port, fragilePort: fragile.port, nodePort });
      break;
    case 'behave':
      endpoints.behave(command.behaviours);
      report({ kind: 'behaving' });
      break;
    case 'refuse':
      if (command.refuse) await fragile.refuse();
      else await fragile.listen();
      report({ kind: 'behaving' });
      break;
    case 'begin':
      book = new DeliveryBook(command.run, streams);
      reported = 0;
      break;
    case 'end':
      if (book) report({ kind: 'ended', count: book.count, received: book.received, faults: book.faults });
  }
});
process.on('disconnect', () => process.exit(0));

setInterval(() => {
  if (!book || book.count === reported) return;
  reported = book.count;
  report({ kind: 'progress', count: reported });
}, PROGRESS_INTERVAL_MS);
