import { isFree } from './free-ports.ts';
import { PORTS_OF_A_STACK } from './settings.ts';
import { StackProblem } from './stack-problem.error.ts';

/** Every port of a stack lies in base … base + 19, so that stacks run side by side. */
export interface StackPorts {
  gateway: number;
  config: number;
  eventIngest: number;
  /** The first dispatcher; further ones take `furtherDispatchers`. */
  dispatcher: number;
  furtherDispatchers: readonly number[];
  audit: number;
  receiver: number;
  metrics: { config: number; eventIngest: number; dispatcher: number; audit: number };
  kafka: number;
  kafkaController: number;
  postgres: number;
}

export function portsFrom(base: number): StackPorts {
  return {
    gateway: base,
    config: base + 1,
    eventIngest: base + 2,
    dispatcher: base + 3,
    audit: base + 4,
    furtherDispatchers: [base + 5, base + 6, base + 7, base + 8, base + 9],
    receiver: base + 10,
    metrics: { config: base + 11, eventIngest: base + 12, dispatcher: base + 13, audit: base + 14 },
    kafka: base + 15,
    kafkaController: base + 16,
    postgres: base + 17,
  };
}

export interface PortUse {
  port: number;
  use: string;
}

/** The ports that a start with these settings is about to take. */
export function portsInUse(
  ports: StackPorts,
  settings: { dispatchers: number; demo: boolean; kafkaBrokers: unknown; databaseUrl: unknown },
): PortUse[] {
  const own = (value: unknown, uses: PortUse[]): PortUse[] => (value === null ? uses : []);
  return [
    { port: ports.gateway, use: 'gateway' },
    { port: ports.config, use: 'config' },
    { port: ports.eventIngest, use: 'event-ingest' },
    { port: ports.dispatcher, use: 'dispatcher' },
    { port: ports.audit, use: 'audit' },
    ...ports.furtherDispatchers.slice(0, settings.dispatchers - 1).map((port) => ({ port, use: 'dispatcher' })),
    { port: ports.metrics.config, use: 'metrics of config' },
    { port: ports.metrics.eventIngest, use: 'metrics of event-ingest' },
    { port: ports.metrics.dispatcher, use: 'metrics of dispatcher' },
    { port: ports.metrics.audit, use: 'metrics of audit' },
    ...(settings.demo ? [{ port: ports.receiver, use: 'demo receiver' }] : []),
    ...own(settings.kafkaBrokers, [
      { port: ports.kafka, use: 'Kafka' },
      { port: ports.kafkaController, use: "Kafka's controller" },
    ]),
    ...own(settings.databaseUrl, [{ port: ports.postgres, use: 'Postgres' }]),
  ];
}

export async function assertFree(uses: readonly PortUse[], base: number): Promise<void> {
  const free = await Promise.all(uses.map(({ port }) => isFree(port)));
  const busy = uses.filter((_, index) => free[index] === false);
  if (busy.length === 0) return;
  const names = busy.map(({ port, use }) => `${port} (${use})`).join(', ');
  throw new StackProblem(
    `Port ${names} is in use by another program. Stop it, or take another base port ` +
      `(ports base…base+${PORTS_OF_A_STACK - 1} are used): HOOKSTILE_PORT=${base + 1000} npm start`,
  );
}
