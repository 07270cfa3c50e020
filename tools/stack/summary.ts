import { DEMO_EVENT_TYPE, DEMO_TENANT } from './demo/demo-setup.ts';
import type { DemoResult } from './demo/run-demo.ts';
import { DEFAULT_EGRESS_ALLOW } from './services.ts';
import type { Stack } from './stack.ts';

/** Where things are, the keys, and commands that work when pasted. */
export function summaryOf(stack: Stack, demo: DemoResult | null): string[] {
  const { run, home, settings } = stack;
  const dispatchers = run.services.dispatcher.map(({ url }) => url).join(' ');
  return [
    '',
    `  API           ${run.baseUrl}/v1`,
    `  services      config ${run.services.config.url}  event-ingest ${run.services['event-ingest'].url}  dispatcher ${dispatchers}  audit ${run.services.audit.url}`,
    `  Kafka         ${run.kafka.brokers.join(',')}   topic ${stack.environment.HOOKSTILE_TOPIC_PREFIX || 'hookstile.'}events takes CloudEvents`,
    `  platform key  ${run.adminKey}   (with the header Hookstile-Tenant)`,
    `  files         ${home.directory}   logs/ has the services' logs, run.json all addresses`,
    ...egressLines(process.env),
    '',
    ...(demo === null ? firstSteps(stack) : demoSteps(stack, demo)),
    '',
    `Running${settings.mode === 'all-in-one' ? ' as one process' : ''}. Ctrl-C stops everything; data stays for the next start.`,
  ];
}

function egressLines(environment: NodeJS.ProcessEnv): string[] {
  if (environment.HOOKSTILE_EGRESS_ALLOW !== undefined) return [];
  return [`  egress        may reach this machine's loopback (HOOKSTILE_EGRESS_ALLOW=${DEFAULT_EGRESS_ALLOW})`];
}

function demoSteps({ run }: Stack, { setup, receiverUrl }: DemoResult): string[] {
  const auth = `-H 'Authorization: Bearer ${setup.apiKey}'`;
  const dead = setup.integrations.dead.id;
  const json = "-H 'Content-Type: application/json'";
  return [
    'Try (the key is that of the demo tenant):',
    '  # send an event',
    `  curl -s ${run.baseUrl}/v1/events ${auth} ${json} -d '{"type":"${DEMO_EVENT_TYPE}","subject":"order-61","data":{"n":61}}'`,
    '  # see it arrive',
    `  curl -s '${receiverUrl}/?path=/healthy' | tail -n 15`,
    '  # every attempt with its HTTP status',
    `  curl -s '${run.baseUrl}/v1/event-log?limit=5' ${auth}`,
    '  # what waits for the dead webhook, and why',
    `  curl -s ${run.baseUrl}/v1/integrations/${dead}/lanes ${auth}`,
    '  # enable it again: what is held is delivered in order (and fails again)',
    `  curl -s -X POST ${run.baseUrl}/v1/integrations/${dead}/enable ${auth} ${json} -d '{"backlog":"deliver"}'`,
  ];
}

function firstSteps({ run }: Stack): string[] {
  const auth = `-H 'Authorization: Bearer ${run.adminKey}'`;
  const tenant = `-H 'Hookstile-Tenant: ${DEMO_TENANT}'`;
  const json = "-H 'Content-Type: application/json'";
  return [
    'Try:',
    '  # a tenant, a webhook of it, an event',
    `  curl -s ${run.baseUrl}/v1/tenants ${auth} ${json} -d '{"id":"${DEMO_TENANT}","name":"Demo","plan":"standard"}'`,
    `  curl -s ${run.baseUrl}/v1/integrations ${auth} ${tenant} ${json} -d '{"name":"Mine","url":"http://127.0.0.1:8080/hook"}'`,
    `  curl -s ${run.baseUrl}/v1/events ${auth} ${tenant} ${json} -d '{"type":"${DEMO_EVENT_TYPE}","data":{"n":1}}'`,
    '  # every attempt with its HTTP status',
    `  curl -s '${run.baseUrl}/v1/event-log?limit=5' ${auth} ${tenant}`,
  ];
}
