import { type Checked, isIdentical } from './check.js';
import type { Compared } from './differences.js';
import type { Rebuilt } from './rebuild.js';

const SECOND_MS = 1_000;

/** 0: all is what the domain events say, also where that had to be put right; 1: something differs. */
export function exitCodeOf({ found, repaired }: Rebuilt): 0 | 1 {
  return isIdentical(repaired ?? found) ? 0 : 1;
}

/** Counts and ids; never what a row or record holds. */
export function rebuildReport({ found, repaired }: Rebuilt, tookMs: number, wasRepair: boolean): string {
  const lines = [
    `${found.domainEvents} domain events of ${found.aggregates} aggregates, ${found.topicRecords} records of the topic; ${(tookMs / SECOND_MS).toFixed(1)} s`,
    ...linesOf(found),
  ];
  if (repaired) lines.push('', 'after the repair:', ...linesOf(repaired));
  lines.push('', verdictOf(repaired ?? found, repaired !== null, wasRepair));
  return `${lines.join('\n')}\n`;
}

function linesOf({ compared, waiting }: Checked): string[] {
  const lines = compared.flatMap(lineOf);
  if (waiting > 0)
    lines.push(`  ${waiting} records wait in the outbox, and nobody publishes them: no config service runs`);
  return lines;
}

function lineOf({ name, identical, differing }: Compared): string[] {
  const named = differing.map(({ difference, count, ids }) => {
    const more = count > ids.length ? `, and ${count - ids.length} more` : '';
    return `    ${difference}: ${count}  ${ids.join(' ')}${more}`;
  });
  return [`  ${name.padEnd(20)}${String(identical).padStart(9)} identical`, ...named];
}

function verdictOf(checked: Checked, isAfterRepair: boolean, wasRepair: boolean): string {
  if (isIdentical(checked)) return isAfterRepair ? 'Repaired: all is identical now.' : 'All is identical.';
  const isAhead = checked.compared.some(({ differing }) => differing.some(({ difference }) => difference === 'ahead'));
  if (isAhead && wasRepair) {
    return 'The topic is ahead of the domain events, as after a database was restored: see docs/runbooks/rebuild.md.';
  }
  return wasRepair ? 'Something differs still.' : 'Something differs. With --repair it is put right.';
}
