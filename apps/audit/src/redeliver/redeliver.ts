import type { DeliveryId, EndedStatus, IntegrationConfiguration, Redelivery } from '@hookstile/contracts';
import { partitionOf } from '@hookstile/contracts';
import { type Clock, type Origin, ProblemError, within } from '@hookstile/service-runtime';
import type { DeliveryStore } from '../deliveries/delivery.store.js';
import type { DeliveryRow, DeliveryStatus } from '../project/rows.js';
import type { RedeliveriesPublisher } from '../publishes/redeliveries.publisher.js';
import { READ_TIMEOUT_MS, REDELIVER_RETRY_AFTER_SECONDS, REDELIVERIES_UNDER_WAY_MAX } from './redeliver.bounds.js';
import type { RoutedDeliveries } from './routed-deliveries.js';

export interface RedeliverOptions {
  deliveries: Pick<DeliveryStore, 'find'>;
  configuration: {
    integration(id: string): IntegrationConfiguration | undefined;
    catchUp(): Promise<void>;
  };
  routed: Pick<RoutedDeliveries, 'at'>;
  publisher: Pick<RedeliveriesPublisher, 'publish'>;
  partitionCount: number;
  clock: Clock;
}

export interface RedeliverRequest {
  tenantId: string;
  deliveryId: DeliveryId;
  origin: Origin;
  traceparent: string | null;
}

type Ended = DeliveryRow & { status: EndedStatus };

/** Has deliveries that ended sent once more. */
export class Redeliver {
  #underWay = 0;

  constructor(private readonly options: RedeliverOptions) {}

  /**
   * Resolves once the redelivery is recorded durably.
   * Rejects with `not_found`, `conflict` (it has not ended, was never handed out, or its integration was deleted),
   * `integration_disabled`, `event_expired` or `unavailable`.
   */
  async request(request: RedeliverRequest): Promise<void> {
    if (this.#underWay >= REDELIVERIES_UNDER_WAY_MAX) throw unavailable('too many redeliveries are asked for at once');
    this.#underWay += 1;
    try {
      await this.record(request);
    } finally {
      this.#underWay -= 1;
    }
  }

  private async record({ tenantId, deliveryId, origin, traceparent }: RedeliverRequest): Promise<void> {
    const row = await this.options.deliveries.find(tenantId, deliveryId);
    if (!row) throw new ProblemError('not_found', 'there is no such delivery');
    const ended = endedOf(row);
    await this.requireEnabled(ended);
    const { event, bytes } = await this.eventOf(ended);
    const envelope: Redelivery['envelope'] = {
      deliveryId,
      integrationId: ended.integrationId,
      event,
      endedOffset: ended.deliveryOffset,
      endedStatus: ended.status,
      endedReason: ended.reason,
      requestedAt: new Date(this.options.clock.nowMs()).toISOString(),
      actor: origin.actor,
      requestId: origin.requestId,
      traceparent,
    };
    await this.options.publisher.publish({ envelope, bytes });
  }

  /** Behind the barrier, so that who has enabled an integration can redeliver at once. */
  private async requireEnabled({ integrationId }: Ended): Promise<void> {
    const { configuration } = this.options;
    await within(configuration.catchUp(), READ_TIMEOUT_MS, () => unavailable('the configuration cannot be read'));
    const integration = configuration.integration(integrationId);
    if (!integration || integration.deleted) throw new ProblemError('conflict', 'its integration was deleted');
    if (integration.state === 'disabled') {
      throw new ProblemError('integration_disabled', 'its integration is disabled; enable it first');
    }
  }

  private async eventOf({ integrationId, deliveryOffset, deliveryId }: Ended) {
    const { routed, partitionCount } = this.options;
    const read = routed.at(partitionOf(integrationId, partitionCount), deliveryOffset, deliveryId);
    const delivery = await within(read, READ_TIMEOUT_MS, () => unavailable('the event cannot be read at present'));
    if (delivery) return { event: delivery.envelope.event, bytes: delivery.bytes };
    throw new ProblemError('event_expired', "the event's data is not kept any more");
  }
}

const ENDED: ReadonlySet<DeliveryStatus> = new Set<EndedStatus>(['delivered', 'failed', 'discarded']);

function endedOf(row: DeliveryRow): Ended {
  const { status, deliveryOffset } = row;
  if (!isEnded(status)) throw new ProblemError('conflict', `the delivery has not ended: it is ${status}`);
  // A replay alone named it, so that no dispatcher took it: there is nothing to be repeated.
  if (deliveryOffset < 0) throw new ProblemError('conflict', 'the delivery was never handed out');
  return { ...row, status };
}

function isEnded(status: DeliveryStatus): status is EndedStatus {
  return ENDED.has(status);
}

function unavailable(detail: string): ProblemError {
  return new ProblemError('unavailable', detail, { retryAfterSeconds: REDELIVER_RETRY_AFTER_SECONDS });
}
