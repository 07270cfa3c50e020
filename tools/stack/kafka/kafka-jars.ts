import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheDirectory } from '../cache-directory.ts';
import { statOf } from '../processes/process-identity.ts';
import { runCommand } from '../processes/run-command.ts';
import { StackProblem } from '../stack-problem.error.ts';

const POM = fileURLToPath(new URL('./pom.xml', import.meta.url));

/** Where the jars of this pom are or will be; a changed pom is another folder. */
export function kafkaJarsDirectory(environment: NodeJS.ProcessEnv = process.env): string {
  const hash = createHash('sha256').update(readFileSync(POM)).digest('hex').slice(0, 12);
  return join(cacheDirectory(environment), `kafka-${hash}`);
}

/** The folder of the broker's jars, downloaded by Maven when the cache lacks it. A folder in the cache is complete: it came by rename. */
export async function kafkaJars(signal?: AbortSignal, environment: NodeJS.ProcessEnv = process.env): Promise<string> {
  const directory = kafkaJarsDirectory(environment);
  if (existsSync(directory)) return directory;
  mkdirSync(cacheDirectory(environment), { recursive: true });
  removeAbandoned(directory);
  const temporary = `${directory}.${process.pid}.new`;
  try {
    await copyDependencies(temporary, signal, environment);
    if (!existsSync(directory)) renameSync(temporary, directory);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  return directory;
}

/** What downloads and brokers that were killed left half-written beside `path`. */
export function removeAbandoned(path: string): void {
  const cache = dirname(path);
  for (const name of readdirSync(cache)) {
    const pid = /^kafka-.*\.(\d+)\.new$/.exec(name)?.[1];
    if (pid !== undefined && statOf(Number(pid)) === null) rmSync(join(cache, name), { recursive: true, force: true });
  }
}

async function copyDependencies(
  directory: string,
  signal: AbortSignal | undefined,
  environment: NodeJS.ProcessEnv,
): Promise<void> {
  const args = ['-B', '-q', '-f', POM, 'dependency:copy-dependencies', `-DoutputDirectory=${directory}`];
  const result = await runCommand('mvn', args, { env: environment, signal }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new StackProblem(
      'Maven is needed once, to download the Kafka broker, and "mvn" was not found. ' +
        'Install it (Debian, Ubuntu: apt-get install maven), or set KAFKA_BROKERS to a broker of your own.',
    );
  });
  if (result.code !== 0 || !existsSync(directory)) {
    throw new StackProblem(
      `Maven could not download the Kafka broker; is the network there? It said:\n${result.output.trim()}`,
    );
  }
}
