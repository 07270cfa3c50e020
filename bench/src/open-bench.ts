import { Child } from './child.ts';
import { EventLog } from './measure/event-log.ts';
import { type Part, partsOf } from './measure/usage-of-parts.ts';
import type { BenchOptions } from './options.ts';
import type { ReceiveReport } from './receive/receive.types.ts';
import type { Load, Receiver, Wire } from './run-load.ts';
import type { StackUnderTest } from './stack-under-test.ts';
import { type BenchTenant, createTenant } from './tenant.ts';

export interface Bench {
  options: BenchOptions;
  wire: Wire;
  tenant: BenchTenant;
  stack: readonly Part[];
  /** The stack, the load generator and the receiver. */
  all: readonly Part[];
  eventLog: EventLog;
  end(): Promise<void>;
}

export interface BenchPlan {
  integrations: number;
  streams: number;
  /** Of the integrations, beside what each has. */
  settings?: object;
  /** These integrations receive at the port that can refuse connections. */
  fragile?: ReadonlySet<number>;
}

/** Connects load generator and receiver, both in processes of their own, to the stack and a tenant of their own. */
export async function openBench(options: BenchOptions, stack: StackUnderTest, plan: BenchPlan): Promise<Bench> {
  const { integrations, streams, settings, fragile = new Set() } = plan;
  const { run } = stack;
  const load: Load = new Child('./load/load-process.ts');
  const receiver: Receiver = new Child('./receive/receive-process.ts', (report: ReceiveReport) => {
    if (report.kind !== 'progress') return;
    wire.delivered = report.count;
    load.tell({ kind: 'delivered', count: report.count });
  });
  const wire: Wire = { load, receiver, delivered: 0, nextRun: 1 };
  const { port, fragilePort } = await receiver.ask({ kind: 'configure', integrations, streams }, 'listening');
  const api = { configUrl: run.services.config.url, adminKey: run.adminKey };
  const urlOf = (index: number) => `http://127.0.0.1:${fragile.has(index) ? fragilePort : port}/${index}`;
  const tenant = await createTenant(api, { integrations, urlOf, settings });
  const frontDoor = new URL(run.services['event-ingest'].url);
  const target = { host: frontDoor.hostname, port: Number(frontDoor.port), key: tenant.key };
  const { dataBytes } = options;
  await load.ask({ kind: 'configure', settings: { ...target, integrations, streams, dataBytes } }, 'configured');
  const parts = partsOf(run);
  const own = [
    { name: 'load generator', pid: load.pid },
    { name: 'receiver', pid: receiver.pid },
  ];
  const eventLog = await EventLog.open(run.postgres.url);
  const end = async (): Promise<void> => {
    load.end();
    receiver.end();
    await eventLog.close();
  };
  return { options, wire, tenant, stack: parts, all: [...parts, ...own], eventLog, end };
}
