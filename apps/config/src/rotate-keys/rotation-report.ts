import type { KeyUse, Rotated } from './rotate-keys.js';
import { NAMED_MAX } from './rotation.bounds.js';

const DONE = 0;
const NOT_DONE = 1;

/** Whether everything stands under the ring's first key. */
export function exitCodeOf({ uses, currentId }: Rotated): number {
  return othersIn(uses, currentId).length === 0 ? DONE : NOT_DONE;
}

/** What a person is told; never a key. */
export function rotationReport(rotated: Rotated): string {
  const { currentId, tenantKeys, things, unreadable, uses } = rotated;
  const lines = [
    `${counted(tenantKeys, 'tenant key')} wrapped under "${currentId}" in this run.`,
    `${counted(things, 'integration or decision rule', 'integrations or decision rules')} of the first builds sealed anew.`,
    ...uses.map((use) => `Under "${use.keyId}" now: ${usedBy(use)}.`),
  ];
  if (unreadable.length > 0) lines.push(unreadableLine(unreadable));
  const others = othersIn(uses, currentId);
  if (others.length === 0) {
    lines.push(`Done: every key but "${currentId}" may leave the ring.`);
  } else {
    const names = others.map(({ keyId }) => `"${keyId}"`).join(', ');
    lines.push(`Not done: ${names} must stay in the ring. Once every service has the new ring, run this again.`);
  }
  return `${lines.join('\n')}\n`;
}

function othersIn(uses: readonly KeyUse[], currentId: string): readonly KeyUse[] {
  return uses.filter(({ keyId, firstBuildsSecrets }) => keyId !== currentId || firstBuildsSecrets > 0);
}

function usedBy({ tenantKeys, firstBuildsSecrets }: KeyUse): string {
  const parts = [counted(tenantKeys, 'tenant key')];
  if (firstBuildsSecrets > 0) parts.push(`${counted(firstBuildsSecrets, 'secret')} of the first builds`);
  return parts.join(' and ');
}

function unreadableLine(unreadable: readonly string[]): string {
  const named = unreadable.slice(0, NAMED_MAX).join(', ');
  const more = unreadable.length - NAMED_MAX;
  return `Cannot be opened by any key of this ring: ${named}${more > 0 ? ` and ${more} more` : ''}.`;
}

function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
