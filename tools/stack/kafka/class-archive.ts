import { createHash } from 'node:crypto';
import { existsSync, renameSync, rmSync } from 'node:fs';
import { removeAbandoned } from './kafka-jars.ts';

/**
 * The broker's classes as the JVM keeps them for the next start (application class data sharing): it halves the time
 * and the CPU of a start. The first broker of a cache writes the archive when it stops in order, which then takes some
 * seconds longer.
 */
export interface ClassArchive {
  options: readonly string[];
  /** After the broker's end; `inOrder` false: what it may have written is not whole. */
  brokerEnded(inOrder: boolean): void;
}

/** An archive fits one set of jars and one Java; with another the JVM would ignore it. */
export function classArchive(jars: string, javaVersion: string): ClassArchive {
  const java = createHash('sha256').update(javaVersion).digest('hex').slice(0, 8);
  const archive = `${jars}-java-${java}.jsa`;
  if (existsSync(archive)) return { options: [`-XX:SharedArchiveFile=${archive}`, ...QUIET], brokerEnded: () => {} };
  removeAbandoned(jars);
  const temporary = `${archive}.${process.pid}.new`;
  return {
    options: [`-XX:ArchiveClassesAtExit=${temporary}`, ...QUIET],
    brokerEnded: (inOrder) => {
      if (inOrder && existsSync(temporary)) renameSync(temporary, archive);
      else rmSync(temporary, { force: true });
    },
  };
}

/** The JVM names every class that it leaves out. */
const QUIET = ['-Xlog:cds=off', '-Xlog:cds+dynamic=off'];
