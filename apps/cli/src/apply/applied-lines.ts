import { printable } from '../terminal.ts';

/** What `PUT /v1/integrations:apply` answers. */
export interface AppliedList {
  dryRun: boolean;
  summary: Record<'created' | 'changed' | 'deleted' | 'unchanged', number>;
  items: AppliedItem[];
}

export interface AppliedItem {
  name: string;
  action: 'created' | 'changed' | 'deleted' | 'unchanged';
  id: string | null;
  changes: { pointer: string; from: unknown; to: unknown }[];
  signingSecret?: string;
}

const SIGNS = { created: '+', changed: '~', deleted: '-' } as const;
const VALUE_MAX_LENGTH = 120;

/** A diff that is read from top to bottom; what stays as it is is only counted. */
export function diffLines({ items }: AppliedList): string[] {
  return items.flatMap((item) => {
    if (item.action === 'unchanged') return [];
    const head = `${SIGNS[item.action]} ${printable(item.name)}${item.id === null ? '' : `  ${printable(item.id)}`}`;
    return item.action === 'changed' ? [head, ...item.changes.map(changeLine)] : [head, ...urlOf(item)];
  });
}

/** Of what comes or goes the address says which it is. */
function urlOf({ changes }: AppliedItem): string[] {
  const whole = changes.find(({ pointer }) => pointer === '');
  const url = ((whole?.to ?? whole?.from) as { url?: unknown } | null | undefined)?.url;
  return typeof url === 'string' ? [`    ${printable(url)}`] : [];
}

const changeLine = ({ pointer, from, to }: AppliedItem['changes'][number]) =>
  `    ${printable(pointer)}: ${shown(from)} → ${shown(to)}`;

function shown(value: unknown): string {
  const text = printable(JSON.stringify(value) ?? 'nothing');
  return text.length > VALUE_MAX_LENGTH ? `${text.slice(0, VALUE_MAX_LENGTH)}…` : text;
}

export function summaryLine({ summary }: AppliedList): string {
  const { created, changed, deleted, unchanged } = summary;
  return `${created} created, ${changed} changed, ${deleted} deleted, ${unchanged} unchanged`;
}

/** Shown this once by the API, so it has to be shown here. */
export function secretLines({ items }: AppliedList): string[] {
  return items.flatMap(({ name, signingSecret }) =>
    signingSecret === undefined
      ? []
      : [`signing secret of ${printable(name)}, shown this once: ${printable(signingSecret)}`],
  );
}
