import { createHash } from 'node:crypto';
import { connectMessaging, type ReceivedRecord } from '@hookstile/messaging';
import { PARTITIONS } from '../stack/fault-stack.ts';

export const EVENTS_TOPIC = 'hookstile.events';

/** What is to become of an event: `again` is sent twice, `reused` is another event under an id that was used. */
export type MixedKind = 'good' | 'failing' | 'held' | 'filtered' | 'again' | 'reused' | 'malformed';

/** The integrations of a tenant, by the types that they want; nobody wants `filtered`. */
export const WANTED = { good: 'good.*', failing: 'failing.*', held: 'held.*' } as const;
export type Wanted = keyof typeof WANTED;

export function typeOfKind(kind: MixedKind): string {
  return kind in WANTED || kind === 'filtered' ? `${kind}.happened` : 'good.happened';
}

/** Of one tenant: how many records ended how, and how many deliveries there are to each integration. */
export interface Account {
  records: number;
  outcomes: Record<'routed' | 'filtered' | 'duplicate' | 'rejected', number>;
  deliveries: Record<Wanted, number>;
  /** Ids of events that are not duplicates and not rejected. */
  taken: Set<string>;
}

const emptyAccount = (): Account => ({
  records: 0,
  outcomes: { routed: 0, filtered: 0, duplicate: 0, rejected: 0 },
  deliveries: { good: 0, failing: 0, held: 0 },
  taken: new Set(),
});

/**
 * What has to become of every record that the topic holds, by a model that knows nothing of routers: the first of its id
 * counts, the same again is a duplicate, another under its id is rejected. By tenant.
 */
export class ExpectedAccounts {
  readonly byTenant: ReadonlyMap<string, Account>;
  readonly #bodies = new Map<string, string>();

  private constructor(tenantIds: readonly string[]) {
    this.byTenant = new Map(tenantIds.map((id) => [id, emptyAccount()]));
  }

  /** Reads the whole topic. */
  static async read(brokers: readonly string[], tenantIds: readonly string[]): Promise<ExpectedAccounts> {
    const accounts = new ExpectedAccounts(tenantIds);
    const messaging = await connectMessaging({ brokers: [...brokers], clientId: 'faults' });
    try {
      for (let partition = 0; partition < PARTITIONS; partition += 1) {
        const place = { topic: EVENTS_TOPIC, partition };
        const [from, to] = [await messaging.startOffset(place), await messaging.endOffset(place)];
        const onRecords = (records: readonly ReceivedRecord[]) => {
          for (const record of records) accounts.#add(record);
        };
        if (to > from) await messaging.readRange({ ...place, from, to, onRecords });
      }
    } finally {
      await messaging.close();
    }
    return accounts;
  }

  #add({ headers, value }: ReceivedRecord): void {
    const tenantId = headers.ce_tenantid?.toString() ?? '';
    const account = this.byTenant.get(tenantId);
    if (!account) return;
    account.records += 1;
    const [id, type] = [headers.ce_id?.toString(), headers.ce_type?.toString()];
    if (id === undefined || type === undefined) {
      account.outcomes.rejected += 1;
      return;
    }
    const key = `${tenantId}\n${id}`;
    const body = createHash('sha256')
      .update(`${type}\n`)
      .update(value ?? '')
      .digest('hex');
    const known = this.#bodies.get(key);
    if (known !== undefined) {
      account.outcomes[known === body ? 'duplicate' : 'rejected'] += 1;
      return;
    }
    this.#bodies.set(key, body);
    account.taken.add(id);
    const wanted = Object.keys(WANTED).find((kind) => type.startsWith(`${kind}.`)) as Wanted | undefined;
    account.outcomes[wanted ? 'routed' : 'filtered'] += 1;
    if (wanted) account.deliveries[wanted] += 1;
  }
}
