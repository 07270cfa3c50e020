import type { StackPorts } from './ports.ts';
import type { StackSettings } from './settings.ts';

export type ServiceName = 'config' | 'event-ingest' | 'dispatcher' | 'audit' | 'all-in-one';

/** A process of the stack that runs services. */
export interface ServicePlan {
  name: ServiceName;
  /** Tells several of one service apart: dispatcher, dispatcher-2. */
  instance: string;
  entry: string;
  /** Where its services answer; `/readyz` of each says when it is up. */
  urls: Partial<Record<Exclude<ServiceName, 'all-in-one'>, string>>;
  environment: Record<string, string>;
}

export interface StackEnvironment {
  kafkaBrokers: string[];
  databaseUrl: string;
  adminKey: string;
  encryptionKeys: string;
}

const LOOPBACK = '127.0.0.1';
/** What a laptop's own webhooks listen on; set but empty allows nothing. */
export const DEFAULT_EGRESS_ALLOW = '127.0.0.0/8,::1/128';

/** What every service is told, over what the user's environment says. */
export function commonEnvironment(stack: StackEnvironment, environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(environment).filter(
    ([name]) => !/^(npm_|NX_|PORT$|METRICS_PORT$|HOST$|KAFKA_(TLS|SASL))/i.test(name),
  );
  return {
    ...Object.fromEntries(kept),
    HOST: LOOPBACK,
    KAFKA_BROKERS: stack.kafkaBrokers.join(','),
    DATABASE_URL: stack.databaseUrl,
    HOOKSTILE_ADMIN_KEY: stack.adminKey,
    HOOKSTILE_ENCRYPTION_KEYS: stack.encryptionKeys,
    HOOKSTILE_EGRESS_ALLOW: environment.HOOKSTILE_EGRESS_ALLOW ?? DEFAULT_EGRESS_ALLOW,
    HOOKSTILE_SHUTDOWN_TIMEOUT_MS: environment.HOOKSTILE_SHUTDOWN_TIMEOUT_MS || '15000',
  };
}

/** Which processes a start runs, on which ports. */
export function servicePlans(settings: Pick<StackSettings, 'mode' | 'dispatchers'>, ports: StackPorts): ServicePlan[] {
  if (settings.mode === 'all-in-one') return [allInOnePlan(ports)];
  const further = ports.furtherDispatchers
    .slice(0, settings.dispatchers - 1)
    .map((port, index) => plan('dispatcher', `dispatcher-${index + 2}`, port, null));
  return [
    plan('config', 'config', ports.config, ports.metrics.config),
    plan('event-ingest', 'event-ingest', ports.eventIngest, ports.metrics.eventIngest),
    plan('dispatcher', 'dispatcher', ports.dispatcher, ports.metrics.dispatcher),
    ...further,
    plan('audit', 'audit', ports.audit, ports.metrics.audit),
  ];
}

function plan(
  name: Exclude<ServiceName, 'all-in-one'>,
  instance: string,
  port: number,
  metricsPort: number | null,
): ServicePlan {
  return {
    name,
    instance,
    entry: `apps/${name}/dist/main.js`,
    urls: { [name]: `http://${LOOPBACK}:${port}` },
    environment: { PORT: String(port), METRICS_PORT: String(metricsPort ?? 0) },
  };
}

function allInOnePlan(ports: StackPorts): ServicePlan {
  return {
    name: 'all-in-one',
    instance: 'all-in-one',
    entry: 'apps/all-in-one/dist/main.js',
    urls: {
      config: `http://${LOOPBACK}:${ports.config}`,
      'event-ingest': `http://${LOOPBACK}:${ports.eventIngest}`,
      dispatcher: `http://${LOOPBACK}:${ports.dispatcher}`,
      audit: `http://${LOOPBACK}:${ports.audit}`,
    },
    environment: { PORT: String(ports.gateway), METRICS_PORT: String(ports.metrics.config) },
  };
}
