import type { Compared } from './comparison.js';
import { isDiffering, type Rebuilt } from './rebuild.js';

const SECOND_MS = 1_000;

/** 0: the live tables are what the topics say, also where that had to be put right; 1: something differs. */
export function exitCodeOf({ found, repaired }: Rebuilt): 0 | 1 {
  return (repaired ?? found).some(isDiffering) ? 1 : 0;
}

/** Counts and keys; never what a row holds. */
export function rebuildReport(rebuilt: Rebuilt, tookMs: number, wasRepair: boolean): string {
  const { records, cut, unknown, behind, found, repaired } = rebuilt;
  const lines = [`${records} records; ${(tookMs / SECOND_MS).toFixed(1)} s`];
  if (behind > 0) lines.push(`${behind} records came since, or wait for audit: nothing is said of them`);
  if (cut.size > 0) lines.push(`retention has dropped records of ${[...cut].join(', ')}`);
  lines.push(...found.flatMap((table) => linesOf(table, unknown.get(table.name) ?? 0)));
  if (repaired)
    lines.push('', 'after the repair:', ...repaired.filter(isDiffering).flatMap((table) => linesOf(table, 0)));
  lines.push('', verdictOf(rebuilt, wasRepair));
  return `${lines.join('\n')}\n`;
}

function linesOf({ name, differing }: Compared, unknown: number): string[] {
  const named = differing.map(({ difference, count, keys }) => {
    const more = count > keys.length ? `, and ${count - keys.length} more` : '';
    return `    ${difference}: ${count}  ${keys.join(' ')}${more}`;
  });
  const older = unknown > 0 ? `; ${unknown} rows are of records that no topic holds any more` : '';
  return [`  ${name.padEnd(22)}${differing.length === 0 ? 'identical' : 'differs'}${older}`, ...named];
}

function verdictOf(rebuilt: Rebuilt, wasRepair: boolean): string {
  if (exitCodeOf(rebuilt) === 0) return rebuilt.repaired ? 'Repaired: all is identical now.' : 'All is identical.';
  return wasRepair ? 'Something differs still.' : 'Something differs. With --repair it is put right.';
}
