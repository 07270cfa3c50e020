import { setTimeout as sleep } from 'node:timers/promises';
import { Api } from '../../api.ts';
import type { AcceptedEvent, SeenRequest, TestedIntegration } from '../oracle/evidence.types.ts';
import { chanceOf } from '../seeded-random.ts';
import type { FaultStack } from '../stack/fault-stack.ts';
import { ENDPOINTS, type Endpoint, type EndpointKind } from './endpoints.ts';
import { EventSender } from './event-sender.ts';
import { type RecordingReceiver, startRecordingReceiver } from './recording-receiver.ts';

export interface WorldPlan {
  /** A sender each. */
  tenants: number;
  /** Of each tenant; every event of the tenant goes to each of them. */
  endpoints: readonly EndpointKind[];
  perSecond: number;
}

/** One tenant may be told to answer in a way of its own. */
export type Override = (path: string, n: number, attempt: number) => { status: number; delayMs: number } | null;

const TENANT_SUFFIX = 36;

/** Tenants, integrations, their endpoints and their senders, for one run of one scenario. */
export class World {
  readonly tenantIds: readonly string[];
  readonly integrations: readonly (TestedIntegration & { path: string })[];
  readonly senders: readonly EventSender[];
  readonly receiver: RecordingReceiver;
  override: Override = () => null;
  readonly #pathOf: Map<string, string>;
  #sending: { stop: AbortController; done: Promise<unknown> } | null = null;
  readonly #perSecond: number;

  static async create(stack: FaultStack, plan: WorldPlan, seed: number): Promise<World> {
    const unique = Math.floor(chanceOf(seed, performance.now()) * TENANT_SUFFIX ** 6).toString(TENANT_SUFFIX);
    let world: World | null = null;
    const kinds = new Map<string, Endpoint>();
    const receiver = await startRecordingReceiver((path, n, attempt) => {
      const overridden = world?.override(path, n, attempt);
      return overridden ?? kinds.get(path)?.answer(seed, n, attempt) ?? { status: 404, delayMs: 0 };
    });
    const admin = new Api(stack.urlOf('config'), stack.adminKey);
    const integrations: (TestedIntegration & { path: string })[] = [];
    const tenantIds = Array.from({ length: plan.tenants }, (_, index) => `faults-${unique}-${index}`);
    for (const tenantId of tenantIds) {
      await admin.expect(201, 'POST', '/v1/tenants', { body: { id: tenantId, name: tenantId, plan: 'standard' } });
      const api = new Api(stack.urlOf('config'), stack.adminKey, tenantId);
      for (const [index, kind] of plan.endpoints.entries()) {
        const path = `/${tenantId}/${index}-${kind}`;
        kinds.set(path, ENDPOINTS[kind]);
        const { settings } = ENDPOINTS[kind];
        const body = { name: `${index}-${kind}`, url: `${receiver.url}${path}`, ...settings };
        const { id } = await api.expect<{ id: string }>(201, 'POST', '/v1/integrations', { body });
        integrations.push({ id, tenantId, name: path.slice(1), disableAfter: settings.disableAfter, path });
      }
    }
    const senders = tenantIds.map(
      (tenantId) => new EventSender({ frontDoorUrl: stack.urlOf('event-ingest'), key: stack.adminKey, tenantId }),
    );
    world = new World({ tenantIds, integrations, senders, receiver, perSecond: plan.perSecond });
    return world;
  }

  private constructor(parts: {
    tenantIds: string[];
    integrations: (TestedIntegration & { path: string })[];
    senders: EventSender[];
    receiver: RecordingReceiver;
    perSecond: number;
  }) {
    this.tenantIds = parts.tenantIds;
    this.integrations = parts.integrations;
    this.senders = parts.senders;
    this.receiver = parts.receiver;
    this.#perSecond = parts.perSecond;
    this.#pathOf = new Map(parts.integrations.map(({ path, id }) => [path, id]));
  }

  /** All senders send until `stopSending`. */
  startSending(): void {
    const stop = new AbortController();
    const done = Promise.all(this.senders.map((sender) => sender.send(this.#perSecond, stop.signal)));
    done.catch(() => {});
    this.#sending = { stop, done };
  }

  /** Resolves when all that was begun is accepted. */
  async stopSending(): Promise<void> {
    this.#sending?.stop.abort();
    await this.#sending?.done;
    this.#sending = null;
  }

  async sendFor(durationMs: number): Promise<void> {
    this.startSending();
    await sleep(durationMs);
    await this.stopSending();
  }

  get accepted(): AcceptedEvent[] {
    return this.senders.flatMap(({ accepted }) => accepted);
  }

  get refused(): number {
    return this.senders.reduce((sum, sender) => sum + sender.refused, 0);
  }

  get requests(): SeenRequest[] {
    return this.receiver.requests.map(({ path, ...request }) => ({
      ...request,
      integrationId: this.#pathOf.get(path) ?? path,
      endedAtMs: request.endedAtMs ?? Number.POSITIVE_INFINITY,
    }));
  }

  async close(): Promise<void> {
    await this.stopSending().catch(() => {});
    await Promise.all(this.senders.map((sender) => sender.close()));
    await this.receiver.close();
  }
}
