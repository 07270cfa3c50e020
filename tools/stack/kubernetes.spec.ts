import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PrepareEnv } from '@hookstile/all-in-one/env';
import { AuditEnv } from '@hookstile/audit/env';
import { ConfigEnv } from '@hookstile/config/env';
import { DispatcherEnv } from '@hookstile/dispatcher/env';
import { EventIngestEnv } from '@hookstile/event-ingest/env';
import { type BaseEnv, loadEnv, settingsOf } from '@hookstile/service-runtime';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { GATEWAY_VARIABLES } from './gateway/main.ts';
import { portsFrom } from './ports.ts';
import { REPOSITORY } from './settings.ts';

interface Probe {
  httpGet: { path: string; port: string };
}

interface Container {
  name: string;
  command: string[];
  /** Without a value: one of the pod's own facts, for the values behind it. */
  env?: { name: string; value?: string }[];
  ports?: { name: string; containerPort: number }[];
  readinessProbe?: Probe;
  livenessProbe?: Probe;
}

interface Manifest {
  kind: string;
  metadata: { name: string };
  data?: Record<string, string>;
  spec?: {
    selector?: Record<string, unknown>;
    ports?: { port: number; targetPort: string }[];
    template?: { spec: { containers: Container[]; terminationGracePeriodSeconds?: number } };
  };
}

const text = readFileSync(join(REPOSITORY, 'deploy/kubernetes/hookstile.yaml'), 'utf8');
const manifests = parseAllDocuments(text).map((document) => document.toJS() as Manifest);
const ports = portsFrom(4000);

const APPS: [string, new () => BaseEnv, number, number][] = [
  ['config', ConfigEnv, ports.config, ports.metrics.config],
  ['event-ingest', EventIngestEnv, ports.eventIngest, ports.metrics.eventIngest],
  ['dispatcher', DispatcherEnv, ports.dispatcher, ports.metrics.dispatcher],
  ['audit', AuditEnv, ports.audit, ports.metrics.audit],
];
/** What the comment at the top puts into the secret. */
const SECRET = {
  DATABASE_URL: 'postgres://user:password@host:5432/hookstile',
  HOOKSTILE_ADMIN_KEY: `hk_${'0'.repeat(48)}`,
  HOOKSTILE_ENCRYPTION_KEYS: `k1:${Buffer.alloc(32).toString('base64')}`,
};

function manifest(kind: string, name: string): Manifest {
  const found = manifests.find((one) => one.kind === kind && one.metadata.name === name);
  if (found === undefined) throw new Error(`no ${kind} ${name}`);
  return found;
}

function containerOf(kind: string, name: string): Container {
  const [container] = manifest(kind, name).spec?.template?.spec.containers ?? [];
  if (container === undefined) throw new Error(`${kind} ${name} has no container`);
  return container;
}

function environmentOf(container: Container): Record<string, string> {
  const given = (container.env ?? []).flatMap(({ name, value }) =>
    value === undefined ? [] : [[name, value] as const],
  );
  const own = Object.fromEntries(given.map(([name, value]) => [name, value.replace('$(POD_IP)', '10.0.0.1')]));
  return { ...manifest('ConfigMap', 'hookstile').data, ...SECRET, ...own };
}

function expectKnown(env: new () => BaseEnv, name: string, environment: Record<string, string>): BaseEnv {
  const known = new Set(settingsOf(env).map((setting) => setting.name));
  expect(Object.keys(environment).filter((variable) => !known.has(variable))).toEqual([]);
  return loadEnv(env, name, { ...environment, NODE_ENV: 'production' });
}

describe('the Kubernetes example', () => {
  it.each(APPS)('runs %s with variables that it accepts, on its ports', (name, env, port, metricsPort) => {
    const container = containerOf('Deployment', `hookstile-${name}`);
    expect(expectKnown(env, name, environmentOf(container))).toMatchObject({ PORT: port, METRICS_PORT: metricsPort });
    expect(container.ports).toEqual([
      { name: 'http', containerPort: port },
      { name: 'metrics', containerPort: metricsPort },
    ]);
    expect(container.readinessProbe?.httpGet).toEqual({ path: '/readyz', port: 'http' });
    expect(container.livenessProbe?.httpGet).toEqual({ path: '/livez', port: 'http' });
    expect(manifest('Service', `hookstile-${name}`).spec?.ports?.map((one) => one.port)).toEqual([port, metricsPort]);
    const graceSeconds =
      manifest('Deployment', `hookstile-${name}`).spec?.template?.spec.terminationGracePeriodSeconds ?? 0;
    expect(graceSeconds * 1_000).toBeGreaterThan(Number(environmentOf(container).HOOKSTILE_SHUTDOWN_TIMEOUT_MS));
  });

  it('prepares topics and tables with variables that are accepted', () => {
    expectKnown(PrepareEnv, 'prepare', environmentOf(containerOf('Job', 'hookstile-prepare')));
  });

  it('runs front door and router apart, so that neither waits for what the other needs', () => {
    const rolesOf = (name: string) => {
      const environment = environmentOf(containerOf('Deployment', `hookstile-${name}`));
      return expectKnown(EventIngestEnv, name, environment);
    };
    expect(rolesOf('event-ingest')).toMatchObject({ HOOKSTILE_INGEST_ROLES: ['front-door'] });
    expect(rolesOf('router')).toMatchObject({ HOOKSTILE_INGEST_ROLES: ['router'] });
  });

  it('points the gateway at the services', () => {
    const environment = environmentOf(containerOf('Deployment', 'hookstile-gateway'));
    for (const [name, , port] of APPS) {
      const variable = GATEWAY_VARIABLES[name as keyof typeof GATEWAY_VARIABLES];
      expect(environment[variable]).toBe(`http://hookstile-${name}:${port}`);
    }
  });

  it('runs programs that the build makes', () => {
    const scripts = manifests.flatMap(
      ({ spec }) => spec?.template?.spec.containers.map(({ command }) => command.at(-1) ?? '') ?? [],
    );
    const sources = scripts.map((script) => script.replace('/dist/', '/src/').replace(/\.js$/, '.ts'));
    expect(sources).toHaveLength(7);
    expect(sources.filter((source) => !existsSync(join(REPOSITORY, source)))).toEqual([]);
  });
});
