import type { DomainEventForms } from '@hookstile/event-sourcing';
import { apiKeyAggregate } from '../api-keys/api-key-aggregate.js';
import { decisionRuleAggregate } from '../decision-rules/decision-rule-aggregate.js';
import { eventTypeAggregate } from '../event-types/event-type-aggregate.js';
import { integrationAggregate } from '../integrations/integration-aggregate.js';
import type { Kind } from '../read-models/read-model.store.js';
import { tenantAggregate } from '../tenants/tenant-aggregate.js';
import { type Aggregate, formsOf, type Happened, type Versioned } from './aggregate.js';
import { type AggregateContext, LoadedAggregate } from './loaded-aggregate.js';
import { StreamFold } from './stream-fold.js';

/** What can be done with an aggregate without its commands: all that it takes to build again what is made of it. */
export interface KnownAggregate {
  name: Aggregate<unknown, Happened, Versioned, Versioned>['name'];
  kind: Kind;
  forms: DomainEventForms;
  fold(id: string): Pick<StreamFold, 'take' | 'state' | 'readModelRow' | 'configuration'>;
  /** Locks it and writes its configuration to the outbox once more. */
  republish<Handle>(id: string, context: AggregateContext<Handle>): Promise<void>;
  /** Locks it and makes its row of the read model anew; where nothing was ever created there is none then. */
  replaceRow<Handle>(id: string, context: AggregateContext<Handle>): Promise<void>;
}

function known<C, D extends Happened, S extends Versioned, P extends S>(
  aggregate: Aggregate<C, D, S, P>,
): KnownAggregate {
  const { name, kind } = aggregate;
  return {
    name,
    kind,
    forms: formsOf(aggregate),
    fold: (id) => new StreamFold(aggregate, id),
    republish: async (id, context) => (await LoadedAggregate.load(aggregate, id, context)).republish(),
    replaceRow: async (id, context) => {
      const loaded = await LoadedAggregate.load(aggregate, id, context);
      await context.readModels.remove(context.transaction.handle, kind, id);
      await loaded.project();
    },
  };
}

/** Every aggregate, tenants first: whoever reads its things can find the tenant. */
export const AGGREGATES: readonly KnownAggregate[] = [
  known(tenantAggregate),
  known(apiKeyAggregate),
  known(eventTypeAggregate),
  known(decisionRuleAggregate),
  known(integrationAggregate),
];

export function aggregateOfKind(kind: Kind): KnownAggregate {
  const found = AGGREGATES.find((aggregate) => aggregate.kind === kind);
  if (!found) throw new Error(`no aggregate of the kind ${kind}`);
  return found;
}
