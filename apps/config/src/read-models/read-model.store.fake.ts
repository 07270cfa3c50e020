import type { FakeHandle } from '@hookstile/event-store';
import type { FoundKey } from '@hookstile/service-runtime';
import type {
  FailureCount,
  FailureRun,
  KeyVersion,
  Kind,
  NamedKind,
  NamedThing,
  ReadModelPage,
  ReadModelRow,
  ReadModelStore,
  Subscription,
} from './read-model.store.js';

interface NamedState {
  settings: { name: string };
}

const NEVER_TOLD = { toldSinceMs: 0, toldCount: 0 };

/** The read models in memory, for a fake event store. */
export class FakeReadModelStore implements ReadModelStore<FakeHandle> {
  private readonly rows = new Map<string, ReadModelRow>();
  private readonly failures = new Map<string, FailureRun>();

  async put(handle: FakeHandle, kind: Kind, row: ReadModelRow): Promise<void> {
    const key = `${kind}:${row.id}`;
    const before = this.rows.get(key);
    this.rows.set(key, structuredClone({ ...row, position: before?.position ?? row.position }));
    handle.onRollback(() => (before ? this.rows.set(key, before) : this.rows.delete(key)));
  }

  async remove(handle: FakeHandle, kind: Kind, id: string): Promise<void> {
    const key = `${kind}:${id}`;
    const before = this.rows.get(key);
    this.rows.delete(key);
    if (before) handle.onRollback(() => this.rows.set(key, before));
  }

  async get(tenantId: string, kind: Kind, id: string): Promise<ReadModelRow | null> {
    const row = this.rows.get(`${kind}:${id}`);
    return row?.tenantId === tenantId ? this.read(row) : null;
  }

  async list(tenantId: string, kind: Kind, page: ReadModelPage): Promise<ReadModelRow[]> {
    const own = this.present(kind).filter((row) => row.tenantId === tenantId);
    return this.page(own, page);
  }

  async listTenants(page: ReadModelPage): Promise<ReadModelRow[]> {
    return this.page(this.present('tenant'), page);
  }

  private page(rows: readonly ReadModelRow[], { limit, before }: ReadModelPage): ReadModelRow[] {
    return rows
      .filter((row) => before === null || row.position < before)
      .sort((a, b) => b.position - a.position)
      .slice(0, limit)
      .map((row) => this.read(row));
  }

  async idsOfTenant(_handle: FakeHandle, kind: Kind, tenantId: string): Promise<string[]> {
    return this.present(kind)
      .filter((row) => row.tenantId === tenantId)
      .map(({ id }) => id)
      .sort();
  }

  async namesOfTenant(
    _handle: FakeHandle,
    kind: 'integration',
    tenantId: string,
    limit: number,
  ): Promise<NamedThing[]> {
    return this.present(kind)
      .filter((row) => row.tenantId === tenantId)
      .sort((a, b) => a.position - b.position)
      .slice(0, limit)
      .map(({ id, state }) => ({ id, name: (state as NamedState).settings.name }));
  }

  async idByName(_handle: FakeHandle, kind: NamedKind, tenantId: string, name: string): Promise<string | null> {
    const named = this.present(kind).find(
      (row) => row.tenantId === tenantId && (row.state as NamedState).settings.name === name,
    );
    return named?.id ?? null;
  }

  async idsOfProfiles(_handle: FakeHandle, tenantId: string, profiles: readonly string[]): Promise<string[]> {
    const profileOf = ({ state }: ReadModelRow) => (state as { settings?: { profile?: string } }).settings?.profile;
    return this.present('integration')
      .filter((row) => row.tenantId === tenantId && profiles.includes(profileOf(row) ?? ''))
      .map(({ id }) => id)
      .sort();
  }

  async bytesOfTenant(_handle: FakeHandle, tenantId: string, thingBytes: number): Promise<number> {
    const rows = [...this.rows].filter(([key]) => !key.startsWith('tenant:')).map(([, row]) => row);
    return rows
      .filter((row) => row.tenantId === tenantId && !row.deleted)
      .reduce((sum, { state }) => sum + Buffer.byteLength(JSON.stringify(state)) + thingBytes, 0);
  }

  async keyByHash(hash: string): Promise<FoundKey | null> {
    const row = this.present('api-key').find((key) => key.hash === hash);
    if (!row) return null;
    const { name, role } = row.state as Pick<FoundKey, 'name' | 'role'>;
    return { tenantId: row.tenantId, role, keyId: row.id, name };
  }

  async versions(kind: Kind, after: string, limit: number): Promise<KeyVersion[]> {
    return this.all(kind)
      .filter(({ id }) => id > after)
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .slice(0, limit)
      .map(({ id, version }) => ({ kind, id, version }));
  }

  async putFailures(counts: readonly FailureCount[]): Promise<void> {
    for (const count of counts) {
      this.keep({ ...(this.failures.get(count.integrationId) ?? NEVER_TOLD), ...count, told: false });
    }
  }

  async failuresOf(tenantId: string, integrationIds: readonly string[]): Promise<Map<string, FailureCount>> {
    const isOwn = (id: string) => this.rows.get(`integration:${id}`)?.tenantId === tenantId;
    const found = [...this.failures].filter(([id]) => integrationIds.includes(id) && isOwn(id));
    return new Map(found.map(([id, { told: _, toldSinceMs: _since, toldCount: _count, ...count }]) => [id, count]));
  }

  async failureRunsOf(integrationIds: readonly string[]): Promise<Map<string, FailureRun>> {
    return new Map([...this.failures].filter(([id]) => integrationIds.includes(id)));
  }

  async putFailureRun(handle: FakeHandle, run: FailureRun): Promise<void> {
    const before = this.failures.get(run.integrationId);
    this.keep(run);
    handle.onRollback(() => (before ? this.failures.set(run.integrationId, before) : this.failures.clear()));
  }

  async isSubscribed(_handle: FakeHandle, { tenantId, patterns, exceptId }: Subscription): Promise<boolean> {
    return this.subscribers(patterns).some((row) => row.tenantId === tenantId && row.id !== exceptId);
  }

  async subscribedTenants(tenantIds: readonly string[], patterns: readonly string[]): Promise<Set<string>> {
    const all = this.subscribers(patterns).map(({ tenantId }) => tenantId);
    return new Set(all.filter((tenantId) => tenantIds.includes(tenantId)));
  }

  private keep(run: FailureRun): void {
    const known = this.failures.get(run.integrationId);
    if (!known || run.sequence > known.sequence) this.failures.set(run.integrationId, run);
  }

  private subscribers(patterns: readonly string[]): ReadModelRow[] {
    return this.present('integration').filter(({ state }) =>
      (state as { settings?: { eventTypes?: string[] } }).settings?.eventTypes?.some((type) => patterns.includes(type)),
    );
  }

  private all(kind: Kind): ReadModelRow[] {
    return [...this.rows].filter(([key]) => key.startsWith(`${kind}:`)).map(([, row]) => row);
  }

  private present(kind: Kind): ReadModelRow[] {
    return this.all(kind).filter(({ deleted }) => !deleted);
  }

  private read({ hash: _hash, ...row }: ReadModelRow): ReadModelRow {
    return structuredClone(row);
  }
}
