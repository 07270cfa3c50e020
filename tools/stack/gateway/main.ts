import { type GatewayOptions, startGateway } from './gateway.ts';

/** The gateway as a process of its own, for the container image; `npm start` runs it inside the start script. */
export const GATEWAY_VARIABLES = {
  config: 'CONFIG_URL',
  'event-ingest': 'EVENT_INGEST_URL',
  dispatcher: 'DISPATCHER_URL',
  audit: 'AUDIT_URL',
} as const satisfies Record<keyof GatewayOptions['upstreams'], string>;

function required(name: string): string {
  const value = process.env[name];
  if (value) return value;
  process.stderr.write(`the gateway cannot start: ${name} is not set\n`);
  process.exit(1);
}

if (import.meta.main) {
  const gateway = await startGateway({
    port: Number(required('PORT')),
    host: process.env.HOST || '127.0.0.1',
    upstreams: {
      config: required(GATEWAY_VARIABLES.config),
      'event-ingest': required(GATEWAY_VARIABLES['event-ingest']),
      dispatcher: required(GATEWAY_VARIABLES.dispatcher),
      audit: required(GATEWAY_VARIABLES.audit),
    },
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => void gateway.close().then(() => process.exit(0)));
  }
}
