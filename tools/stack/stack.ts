import { allOrNone } from './all-or-none.ts';
import { type BackingProcesses, startBackingProcesses } from './backing-processes.ts';
import { build, needsBuild } from './build.ts';
import { type Home, openHome } from './home.ts';
import { removeStartRecord, takeHome, writeStartRecord } from './home-lock.ts';
import { boundLogs, turnLogs } from './logs.ts';
import { assertFree, portsFrom, portsInUse, type StackPorts } from './ports.ts';
import { endProcesses } from './processes/end-processes.ts';
import { OwnedProcesses } from './processes/owned-processes.ts';
import { forebearsUpToNpm, identityOf } from './processes/process-identity.ts';
import { Reaper } from './processes/reaper.ts';
import { type RunFile, removeRunFile, writeRunFile } from './run-file.ts';
import { prepare, ServiceProcess, servicesOf } from './service-processes.ts';
import { commonEnvironment, servicePlans } from './services.ts';
import type { StackSettings } from './settings.ts';
import type { StopRequest } from './stop-request.ts';
import type { Terminal } from './terminal.ts';

export const LOOPBACK = '127.0.0.1';

export interface Stack {
  settings: StackSettings;
  home: Home;
  ports: StackPorts;
  owned: OwnedProcesses;
  run: RunFile;
  /** What the services got, for a program beside them that talks to the broker itself. */
  environment: NodeJS.ProcessEnv;
}

/**
 * Brings the stack up, hands it to `whenReady`, waits until a stop is asked for, and takes all of it down again, also
 * when something fails half way.
 */
export async function runStack(
  settings: StackSettings,
  terminal: Terminal,
  stop: StopRequest,
  whenReady: (stack: Stack) => Promise<void>,
): Promise<void> {
  const report = (line: string) => terminal.line(line);
  const home = openHome(settings.home);
  const ports = portsFrom(settings.port);
  await using cleanup = new AsyncDisposableStack();
  const lock = await takeHome(settings.home, report);
  cleanup.defer(() => lock.release());
  await assertFree(portsInUse(ports, settings), settings.port);

  const owned = ownProcesses(settings.home, stop, cleanup, report);
  turnLogs(home.logs);
  boundLogs(home.logs);

  // Nothing to rewrite before all is ready.
  let onPid = (): void => {};
  const common = { owned, stopping: stop.stopping, onPid: () => onPid() };
  const [backing] = await allOrNone(
    [
      startBackingProcesses({ ...common, settings, home, ports, terminal }),
      needsBuild() ? terminal.task('Building the services', () => build(stop.stopping)) : Promise.resolve(),
    ],
    () => stop.end('a part did not come up'),
  );
  const environment = commonEnvironment({ ...backing.given, ...keysFrom(home) }, process.env);
  await terminal.task('Topics and database', () => prepare(environment, stop.stopping));

  const processes = servicePlans(settings, ports).map(
    (plan) =>
      new ServiceProcess(plan, {
        ...common,
        environment,
        logs: home.logs,
        shutdownTimeoutMs: settings.shutdownTimeoutMs,
        report,
      }),
  );
  await terminal.task('Services', () =>
    allOrNone(
      processes.map((process) => process.start()),
      () => stop.end('a service did not come up'),
    ),
  );
  // It is built on a library of ours, which was not there before.
  const { startGateway } = await import('./gateway/gateway.ts');
  const gateway = await startGateway({ port: ports.gateway, host: LOOPBACK, upstreams: upstreamsOf(ports) });
  cleanup.defer(() => gateway.close());

  const run = runFileOf(settings, home, backing, processes);
  writeRunFile(settings.home, run);
  cleanup.defer(() => removeRunFile(settings.home));
  onPid = () => {
    if (!stop.stopping.aborted) writeRunFile(settings.home, runFileOf(settings, home, backing, processes));
  };

  await whenReady({ settings, home, ports, owned, run, environment });
  await aborted(stop.stopping);
}

/** The record of what was started, its reaper, and the end of both. */
function ownProcesses(
  home: string,
  stop: StopRequest,
  cleanup: AsyncDisposableStack,
  report: (line: string) => void,
): OwnedProcesses {
  const owned = new OwnedProcesses(home);
  const reaper = new Reaper(home, { removeDirectory: false });
  const forebears = forebearsUpToNpm(process.pid, process.env.npm_lifecycle_event !== undefined);
  const start = identityOf(process.pid);
  if (start !== null) writeStartRecord(home, { start, forebears, reaper: identityOf(reaper.pid ?? 0) });
  stop.watch(forebears);
  cleanup.defer(async () => {
    stop.end('something failed');
    await endProcesses(owned.list(), {
      force: stop.force,
      onKill: ({ name, pid }) => report(`! ${name} (${pid}) did not stop in time and was killed`),
    });
    owned.forget();
    removeStartRecord(home);
    await reaper.dismiss();
  });
  return owned;
}

function keysFrom({ keys }: Home): { adminKey: string; encryptionKeys: string } {
  return {
    adminKey: process.env.HOOKSTILE_ADMIN_KEY || keys.adminKey,
    encryptionKeys: process.env.HOOKSTILE_ENCRYPTION_KEYS || keys.encryptionKeys,
  };
}

function upstreamsOf(ports: StackPorts) {
  return {
    config: `http://${LOOPBACK}:${ports.config}`,
    'event-ingest': `http://${LOOPBACK}:${ports.eventIngest}`,
    dispatcher: `http://${LOOPBACK}:${ports.dispatcher}`,
    audit: `http://${LOOPBACK}:${ports.audit}`,
  };
}

function runFileOf(
  settings: StackSettings,
  home: Home,
  backing: BackingProcesses,
  processes: readonly ServiceProcess[],
): RunFile {
  return {
    ready: true,
    baseUrl: `http://${LOOPBACK}:${settings.port}`,
    adminKey: keysFrom(home).adminKey,
    services: servicesOf(processes),
    kafka: { brokers: backing.given.kafkaBrokers, pid: backing.kafkaPid() },
    postgres: { url: backing.given.databaseUrl, pid: backing.postgresPid() },
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
