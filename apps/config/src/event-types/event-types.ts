import { eventTypeIdOf } from '@hookstile/contracts';
import { readJsonSchema } from '@hookstile/contracts/event-schemas';
import { type Clock, ProblemError, parseBody, RECENT_NOTICE_MS } from '@hookstile/service-runtime';
import type { Change, Changes } from '../changes/changes.js';
import { noSuch } from '../changes/no-such.js';
import type { Origin } from '../changes/origin.js';
import { growthOf } from '../changes/tenant-room.js';
import { heedIfMatch } from '../input/if-match.js';
import { InputErrors } from '../input/input-errors.js';
import { isObject } from '../input/merge-patch.js';
import { type Page, readPage } from '../input/page.js';
import type { ReadModelStore } from '../read-models/read-model.store.js';
import type { EventType, EventTypeDefinition, EventTypeState } from './event-type.decider.js';
import { EventTypeDto } from './event-type.dto.js';
import { type EventTypeView, eventTypeAggregate, eventTypeView } from './event-type-aggregate.js';
import { checkEventTypeName } from './event-type-name.js';

/** Every service that reads `configuration` keeps all of them in memory. */
export const EVENT_TYPES_MAX_COUNT = 500;

/** How long after a change its announcement may still be under way: also where who made it died before the answer. */
const ANNOUNCED_AFTER_MS = 60_000;

export interface Caller {
  tenantId: string;
  origin: Origin;
}

function present(state: EventTypeState | undefined): EventType {
  if (state?.status === 'present') return state;
  throw noSuch('event-type');
}

function checkSchema(schema: object, example: unknown, errors: InputErrors): void {
  const reading = readJsonSchema(schema);
  if (reading.outcome === 'refused') {
    for (const { pointer, code, detail } of reading.problems) errors.add(`/schema${pointer}`, code, detail);
  } else if (example !== null) {
    for (const { pointer, code, detail } of reading.check.mismatchesOf(example)) {
      errors.add(`/example${pointer}`, code, detail);
    }
  }
}

function definitionOf(body: unknown): EventTypeDefinition {
  const { description, schema = null, example = null } = parseBody(EventTypeDto, body);
  const errors = new InputErrors();
  if (isObject(schema)) checkSchema(schema, example, errors);
  errors.throwIfAny();
  return { description, schema, example };
}

/**
 * Whether those who check events may not know yet that the type has a schema. Of a type that has one they ask for the newest
 * before each event; of others, which are nearly all, every quarter of a second.
 */
function needsNotice(before: EventTypeState, { schema }: EventTypeDefinition, nowMs: number): boolean {
  if (schema === null) return false;
  if (before.status !== 'present' || before.schema === null) return true;
  return Math.abs(nowMs - Date.parse(before.updatedAt)) < ANNOUNCED_AFTER_MS;
}

/** What can be done with event types. */
export class EventTypes {
  constructor(
    private readonly changes: Changes,
    private readonly readModels: ReadModelStore<unknown>,
    private readonly clock: Clock,
    private readonly sleep: (ms: number) => Promise<unknown>,
  ) {}

  /**
   * Creates the type, or replaces all that is known of it; `created` says which. Resolves once no event that is sent then is
   * accepted without it.
   */
  async put(
    { tenantId, origin }: Caller,
    type: string,
    ifMatch: string | undefined,
    body: unknown,
  ): Promise<{ created: boolean; eventType: EventTypeView }> {
    checkEventTypeName(type);
    const definition = definitionOf(body);
    const id = eventTypeIdOf(tenantId, type);
    const { noticeMs, ...put } = await this.changes.run(origin, async (change) => {
      await change.holdTenant(tenantId);
      const eventType = await change.loadOf(tenantId, eventTypeAggregate, id);
      const created = eventType.state.status !== 'present';
      const noticeMs = needsNotice(eventType.state, definition, this.clock.nowMs()) ? RECENT_NOTICE_MS : 0;
      if (ifMatch !== undefined) heedIfMatch(ifMatch, present(eventType.state).version);
      if (created) await this.requireRoom(change, tenantId);
      // Of a deleted one its state remains, but takes no room.
      const before = created ? null : eventType.state;
      const state = await eventType.execute({ type: 'define', at: this.now(), tenantId, eventType: type, definition });
      change.requireRoom(tenantId, growthOf(before, state));
      return { noticeMs, created, eventType: eventTypeView(present(state)) };
    });
    if (noticeMs > 0) await this.sleep(noticeMs);
    return put;
  }

  async get(tenantId: string, type: string): Promise<EventTypeView> {
    const row = await this.readModels.get(tenantId, 'event-type', eventTypeIdOf(tenantId, type));
    return eventTypeView(present(row?.state as EventTypeState | undefined));
  }

  async list(tenantId: string, query: unknown): Promise<Page<EventTypeView>> {
    const page = await readPage(query, (bounds) => this.readModels.list(tenantId, 'event-type', bounds));
    return { ...page, items: page.items.map(({ state }) => eventTypeView(state as EventType)) };
  }

  async delete({ tenantId, origin }: Caller, type: string, ifMatch: string | undefined): Promise<void> {
    await this.changes.run(origin, async (change) => {
      await change.holdTenant(tenantId);
      const eventType = await change.loadOf(tenantId, eventTypeAggregate, eventTypeIdOf(tenantId, type));
      const { version } = present(eventType.state);
      heedIfMatch(ifMatch, version);
      await eventType.execute({ type: 'delete', at: this.now() });
    });
  }

  private async requireRoom(change: Change, tenantId: string): Promise<void> {
    const ids = await change.holdEventTypes(tenantId);
    if (ids.length < EVENT_TYPES_MAX_COUNT) return;
    throw new ProblemError('conflict', `A tenant has at most ${EVENT_TYPES_MAX_COUNT} event types.`);
  }

  private now(): string {
    return new Date(this.clock.nowMs()).toISOString();
  }
}
