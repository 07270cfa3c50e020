import { setTimeout as sleep } from 'node:timers/promises';
import { Api, type Integration } from '../../api.ts';
import type { AcceptedEvent, Change, SeenRequest, TestedIntegration } from '../oracle/evidence.types.ts';
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

export interface WorldIntegration extends TestedIntegration {
  path: string;
  kind: EndpointKind;
}

/** Tenants, integrations, their endpoints and their senders, for one run of one scenario. */
export class World {
  readonly tenantIds: readonly string[];
  readonly integrations: readonly WorldIntegration[];
  readonly senders: readonly EventSender[];
  readonly receiver: RecordingReceiver;
  override: Override = () => null;
  /** What was changed of integrations, in order. */
  readonly changes: Change[] = [];
  readonly #configUrl: string;
  readonly #key: string;
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
    const integrations: WorldIntegration[] = [];
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
        integrations.push({
          id,
          tenantId,
          name: path.slice(1),
          disableAfter: settings.disableAfter,
          ordering: orderingOf(settings),
          path,
          kind,
        });
      }
    }
    const senders = tenantIds.map(
      (tenantId) => new EventSender({ frontDoorUrl: stack.urlOf('front-door'), key: stack.adminKey, tenantId }),
    );
    const { perSecond } = plan;
    const config = { url: stack.urlOf('config'), key: stack.adminKey };
    world = new World({ tenantIds, integrations, senders, receiver, perSecond, config });
    return world;
  }

  private constructor(parts: {
    tenantIds: string[];
    integrations: WorldIntegration[];
    senders: EventSender[];
    receiver: RecordingReceiver;
    perSecond: number;
    config: { url: string; key: string };
  }) {
    this.tenantIds = parts.tenantIds;
    this.integrations = parts.integrations;
    this.senders = parts.senders;
    this.receiver = parts.receiver;
    this.#perSecond = parts.perSecond;
    this.#configUrl = parts.config.url;
    this.#key = parts.config.key;
    this.#pathOf = new Map(parts.integrations.map(({ path, id }) => [path, id]));
  }

  apiOf({ tenantId }: TestedIntegration): Api {
    return new Api(this.#configUrl, this.#key, tenantId);
  }

  get(integration: TestedIntegration): Promise<Integration> {
    return this.apiOf(integration).expect(200, 'GET', `/v1/integrations/${integration.id}`);
  }

  /** Gives the integration another address, told from the ones before by the receiver. */
  async move(
    integration: WorldIntegration,
    patch: (body: object) => Promise<void> = (body) => this.patch(integration, body),
  ): Promise<void> {
    const address = this.changes.length + 1;
    const url = `${this.receiver.url}${integration.path}?v=${address}`;
    await this.#change(integration, { to: 'moved', address }, () => patch({ url }));
  }

  async patch(integration: TestedIntegration, body: object): Promise<void> {
    const headers = { 'if-match': '*', 'content-type': 'application/merge-patch+json' };
    await this.apiOf(integration).expect(200, 'PATCH', `/v1/integrations/${integration.id}`, { headers, body });
  }

  enable(integration: TestedIntegration, backlog: 'deliver' | 'discard'): Promise<void> {
    return this.#change(integration, { to: 'enabled' }, () => this.#post(integration, 'enable', { backlog }));
  }

  disable(integration: TestedIntegration): Promise<void> {
    return this.#change(integration, { to: 'disabled' }, () => this.#post(integration, 'disable', {}));
  }

  async delete(integration: TestedIntegration): Promise<void> {
    const path = `/v1/integrations/${integration.id}`;
    const headers = { 'if-match': '*' };
    await this.#change(integration, { to: 'deleted' }, () =>
      this.apiOf(integration).expect(204, 'DELETE', path, { headers }),
    );
  }

  /** Notes when a change was asked for and acknowledged, and which events were sent only afterwards. */
  async #change(
    { id, tenantId }: TestedIntegration,
    change: Pick<Change, 'to' | 'address'>,
    make: () => Promise<unknown>,
  ): Promise<void> {
    const askedAtMs = Date.now();
    await make();
    const sender = this.senders[this.tenantIds.indexOf(tenantId)];
    const onItsWay = this.#sending === null ? 0 : 1;
    const laterFrom = (sender?.accepted.length ?? 0) + onItsWay;
    this.changes.push({ ...change, integrationId: id, askedAtMs, acknowledgedAtMs: Date.now(), laterFrom });
  }

  #post(integration: TestedIntegration, what: 'enable' | 'disable', body: object): Promise<unknown> {
    return this.apiOf(integration).expect(200, 'POST', `/v1/integrations/${integration.id}/${what}`, { body });
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

  /** The integrations that were not deleted. */
  get lastingIds(): string[] {
    const deleted = new Set(
      this.changes.filter(({ to }) => to === 'deleted').map(({ integrationId }) => integrationId),
    );
    return this.integrations.map(({ id }) => id).filter((id) => !deleted.has(id));
  }

  /** To those: one of each accepted event. */
  get deliveriesExpected(): number {
    const lasting = new Set(this.lastingIds);
    const accepted = new Map(this.senders.map((sender) => [sender.tenantId, sender.accepted.length]));
    return this.integrations.reduce(
      (sum, { id, tenantId }) => sum + (lasting.has(id) ? (accepted.get(tenantId) ?? 0) : 0),
      0,
    );
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

function orderingOf({ ordering }: Endpoint['settings']): TestedIntegration['ordering'] {
  return ordering?.mode ?? 'strict';
}
