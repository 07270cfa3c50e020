import { spawnSync } from 'node:child_process';
import { StackProblem } from '../stack-problem.error.ts';

const JAVA_MAJOR_MIN = 17;

/** `openjdk version "17.0.15"` → 17; `java version "1.8.0_402"` → 8; null for anything else. */
export function javaMajor(versionText: string): number | null {
  const match = /version "(?:1\.)?(\d+)/.exec(versionText);
  return match?.[1] === undefined ? null : Number(match[1]);
}

export interface Java {
  command: string;
  /** What `java -version` says. */
  version: string;
}

/** The java command, checked; JAVA_HOME goes before the PATH, as in Kafka's own scripts. */
export function findJava(environment: NodeJS.ProcessEnv = process.env): Java {
  const command = environment.JAVA_HOME ? `${environment.JAVA_HOME}/bin/java` : 'java';
  const answer = spawnSync(command, ['-version'], { encoding: 'utf8', env: environment });
  if (answer.error !== undefined || answer.status !== 0) {
    throw new StackProblem(
      `Java ${JAVA_MAJOR_MIN} or newer is needed to run the Kafka broker, and "${command}" does not run. ` +
        'Install it (Debian, Ubuntu: apt-get install openjdk-17-jre-headless), or set KAFKA_BROKERS to a broker of your own.',
    );
  }
  const major = javaMajor(answer.stderr) ?? javaMajor(answer.stdout);
  if (major === null || major < JAVA_MAJOR_MIN) {
    throw new StackProblem(
      `Java ${JAVA_MAJOR_MIN} or newer is needed to run the Kafka broker; "${command}" is ${major ?? 'of an unknown version'}. ` +
        'Install a newer one or set JAVA_HOME, or set KAFKA_BROKERS to a broker of your own.',
    );
  }
  return { command, version: answer.stderr || answer.stdout };
}
