import { setTimeout as sleep } from 'node:timers/promises';
import { SLOW_KINDS, type SlowCommand, type SlowPlan, type SlowReport } from './slow.types.ts';
import { SlowConnection } from './slow-connection.ts';

const OPENED_AT_ONCE = 250;
const PAUSE_MS = 200;

const connections: SlowConnection[] = [];

const report = (message: SlowReport): void => {
  process.send?.(message);
};

const open = () => connections.filter(({ isOpen }) => isOpen).length;

/** A few at a time, so that none is refused by the listen backlog. */
async function openAll(plan: SlowPlan): Promise<void> {
  for (let n = 0; n < plan.connections; n += 1) {
    const kind = SLOW_KINDS[n % SLOW_KINDS.length];
    if (kind) connections.push(new SlowConnection(kind, plan));
    if (n % OPENED_AT_ONCE === 0) await sleep(PAUSE_MS);
  }
  await sleep(PAUSE_MS);
  report({ kind: 'opened', open: open() });
}

process.on('message', (command: SlowCommand) => {
  if (command.kind === 'open') void openAll(command.plan);
  else report({ kind: 'counted', open: open(), closed: connections.reduce((sum, { closed }) => sum + closed, 0) });
});
process.on('disconnect', () => process.exit(0));
