import type { Api } from '../api.js';
import { DOCUMENTED_OPERATIONS } from './documented-operations.js';
import { idFor, type MarkedThings } from './marked-things.js';

const ALL_TIME = 'since=2026-01-02T00:00:00Z&until=2026-01-03T00:00:00Z&bucket=day';
const READS = DOCUMENTED_OPERATIONS.filter(
  ({ id, method, access }) =>
    method === 'GET' && access.kind === 'roles' && access.needsTenant && id !== 'event-log.stream',
);

/** All that a tenant can read of what it has. */
export async function snapshotOf(api: Api, things: MarkedThings): Promise<Record<string, unknown>> {
  const pages = READS.flatMap(({ id, path, parameters }) => {
    const isList = parameters.some(({ name }) => name === 'cursor');
    return pathsOf(path, things).map(async (full) => {
      const query = id === 'stats.read' ? `?${ALL_TIME}` : '';
      const read = isList ? await api.list(full) : await api.expect(200, 'GET', full + query);
      return [full, read] as const;
    });
  });
  return Object.fromEntries(await Promise.all(pages));
}

function pathsOf(path: string, things: MarkedThings): string[] {
  const { values } = things;
  const meant = path.startsWith('/v1/integrations/') ? (values.integrationId ?? []) : [idFor(path, things)];
  if (!path.includes('{')) return [path];
  return meant.map((id) =>
    path
      .replace('{id}', id)
      .replace('{type}', values.type?.[0] ?? '')
      .replace('{key}', 'main'),
  );
}
