import { type Access, OPERATIONS, type OperationEntry } from '@hookstile/service-runtime';

const ROLES = ['viewer', 'editor', 'admin', 'producer'] as const;
const SERVICES = ['config', 'event-ingest', 'dispatcher', 'audit'] as const;

function platformOf(access: Access): string {
  if (access.kind === 'platform') return 'yes';
  return access.needsTenant ? 'for a tenant' : 'yes';
}

function row(id: string, { method, path, access, summary }: OperationEntry): string {
  const roles = ROLES.map((role) => (access.kind === 'roles' && access.roles.includes(role) ? 'yes' : '–'));
  return `| \`${method} ${path}\` | ${summary} | ${roles.join(' | ')} | ${platformOf(access)} | \`${id}\` |`;
}

function section(service: string): string {
  const rows = Object.entries(OPERATIONS).flatMap(([id, operation]) =>
    operation.service === service ? [row(id, operation)] : [],
  );
  return [
    `## ${service}`,
    '',
    `| route | | ${ROLES.join(' | ')} | platform key | operation |`,
    `| --- | --- |${' --- |'.repeat(ROLES.length + 2)}`,
    ...rows,
    '',
  ].join('\n');
}

/** The reference page of who may call what. */
export function rolesPage(): string {
  return [
    '# Roles',
    '',
    'Who may call what. Generated from the table of operations (libs/service-runtime/src/auth/operations) by',
    '`npm run generate`; services enforce the same table.',
    '',
    'A key has one role. A key of a tenant acts for that tenant alone: what belongs to another one does not exist for it (404). "For a tenant": the',
    'platform key names the tenant by the header `Hookstile-Tenant`; without it the answer is 400 `tenant_required`. `/livez` and `/readyz` need no key.',
    '',
    ...SERVICES.map(section),
  ].join('\n');
}
