import { Actor, domainEventIdOf } from '@hookstile/contracts';
import type { EventStore, StoredDomainEvent } from '@hookstile/event-store';
import { decodeCursor, encodeCursor, Nullable, parseListQuery, Time } from '@hookstile/service-runtime';
import { type Static, Type } from 'typebox';
import type { Origin } from '../changes/origin.js';
import { StreamFold } from '../changes/stream-fold.js';
import type { Page } from '../input/page.js';
import type { ReadModelStore } from '../read-models/read-model.store.js';
import { changesBetween, DocumentChange } from './document-changes.js';
import type { IntegrationDomainEvent, IntegrationState } from './integration.decider.js';
import { integrationAggregate } from './integration-aggregate.js';
import { integrationDocument } from './integration-view.js';
import { readPresent } from './present-integration.js';

/** Domain events in memory at a time. */
const READ_MAX = 200;

/** One domain event of an integration, as the outside sees it. */
export const HistoryEntry = Type.Object({
  id: Type.String({ description: 'As in the audit log.' }),
  version: Type.Integer({ minimum: 1, description: 'Of the integration after it.' }),
  type: Type.String(),
  action: Type.String(),
  at: Time,
  actor: Actor,
  requestId: Nullable(Type.String()),
  backlog: Type.Optional(
    Type.Union([Type.Literal('deliver'), Type.Literal('discard')], {
      description: 'What became of what was held; of an enabling only.',
    }),
  ),
  changes: Type.Array(DocumentChange),
});
export type HistoryEntry = Static<typeof HistoryEntry>;

const isVersion = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) > 0;

/** Null where there is none, as before it was created and after it was deleted. */
function documentOf(state: IntegrationState): object | null {
  if (state.status !== 'present') return null;
  const { disabledReason, note, settings } = state;
  const { profileVersion } = settings;
  return { ...integrationDocument(state), profileVersion, disabledReason, disabledNote: note };
}

function entryOf(stored: StoredDomainEvent, event: IntegrationDomainEvent, changes: DocumentChange[]): HistoryEntry {
  const { actor, requestId } = stored.metadata as Origin;
  return {
    id: domainEventIdOf(stored.sequence),
    version: stored.version,
    type: event.type,
    action: integrationAggregate.actions[event.type],
    at: event.at,
    actor,
    requestId,
    ...(event.type === 'IntegrationEnabled' ? { backlog: event.backlog } : {}),
    changes,
  };
}

/** What happened to an integration, from its own domain events. A deleted one has none here; the audit log keeps them. */
export class IntegrationHistory {
  constructor(
    private readonly events: Pick<EventStore<unknown>, 'read'>,
    private readonly readModels: Pick<ReadModelStore<unknown>, 'get'>,
  ) {}

  /** Newest first. A cursor is the version that its page ends before. */
  async list(tenantId: string, id: string, query: unknown): Promise<Page<HistoryEntry>> {
    const { version } = await readPresent(this.readModels, tenantId, id);
    const { limit, cursor } = parseListQuery(query, {});
    const before = cursor === null ? version + 1 : Math.min(decodeCursor(cursor, isVersion), version + 1);
    const first = Math.max(1, before - limit);
    const items = await this.entries(id, first, before - 1);
    return { items: items.reverse(), nextCursor: first > 1 ? encodeCursor(first) : null };
  }

  /** Folds from the beginning, for a domain event alone does not say what it changed; keeps the wanted ones only. */
  private async entries(id: string, first: number, last: number): Promise<HistoryEntry[]> {
    const fold = new StreamFold(integrationAggregate, id);
    const entries: HistoryEntry[] = [];
    while (fold.state.version < last) {
      const { version } = fold.state;
      const page = await this.events.read(
        { aggregate: integrationAggregate.name, id },
        version,
        Math.min(READ_MAX, last - version),
      );
      for (const stored of page) {
        const before = fold.state;
        const event = fold.take(stored);
        if (stored.version < first) continue;
        entries.push(entryOf(stored, event, changesBetween(documentOf(before), documentOf(fold.state))));
      }
      if (page.length === 0) break;
    }
    return entries;
  }
}
