import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBackingServices } from '../stack/backing-services.ts';

/**
 * Vitest's globalSetup: gives the workers KAFKA_BROKERS and DATABASE_URL and a folder for temporary files, and takes
 * all of it away after the last test. A worker's own exit handlers are no place for that: Vitest may kill it.
 */
export async function setup(): Promise<() => Promise<void>> {
  const { TMPDIR: temporaryBefore } = process.env;
  const directory = mkdtempSync(join(tmpdir(), 'hookstile-test-'));
  // Also for Postgres' unprivileged user.
  chmodSync(directory, 0o755);
  const given = process.env.KAFKA_BROKERS && process.env.DATABASE_URL;
  const services = given ? null : await startBackingServices();
  Object.assign(process.env, { TMPDIR: directory, ...services?.environment });
  return async () => {
    await services?.stop();
    if (services !== null) {
      delete process.env.KAFKA_BROKERS;
      delete process.env.DATABASE_URL;
    }
    if (temporaryBefore === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = temporaryBefore;
    rmSync(directory, { recursive: true, force: true });
  };
}
