import { startHttpReceiver } from '../receive/http-receiver.ts';
import type { HookCommand, HookReport } from './decide.types.ts';

const GRANTED = Buffer.from('{"status":"ok"}');
const HANGING = /^\/hang\//;

const report = (message: HookReport): void => {
  process.send?.(message);
};

process.on('message', async (_command: HookCommand) => {
  try {
    const { port } = await startHttpReceiver((path, _body, exchange) => {
      if (!HANGING.test(path)) exchange.send(GRANTED);
    });
    report({ kind: 'listening', port });
  } catch (error) {
    report({ kind: 'failed', reason: String(error) });
  }
});
process.on('disconnect', () => process.exit(0));
