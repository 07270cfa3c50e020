import { newId } from '@hookstile/contracts';
import {
  CLOCK,
  type Clock,
  CONFIGURATION_PROJECTION,
  type ConfigurationProjection,
  CurrentPrincipal,
  Operation,
  type Principal,
  ProblemError,
  RANDOM_BYTES,
  type RandomBytes,
  RecentConfiguration,
  tenantOf,
  tracing,
} from '@hookstile/service-runtime';
import { Controller, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { EVENT_METRICS, type IngestMetrics } from '../ingest-metrics.js';
import { EventsPublisher } from '../publishes/events.publisher.js';
import type { AcceptedEvent, Reading } from './accepted-event.js';
import { EventQuotas } from './event-quotas.js';
import type { ItemAnswer, TakenEvent } from './events-answer.js';
import { EventsHeadCheck } from './events-head-check.js';
import { readHttpRequest } from './http-event.js';
import type { EventDefaults } from './plain-event.js';
import type { Rejection } from './rejection.js';
import { SCHEMA_GATE, type SchemaGate } from './schema-gate.js';

export const EVENTS_PATH = '/v1/events';

const EVENT_ID_RANDOM_BYTES = 10;
const NO_BODY = Buffer.alloc(0);

function problemOf({ code, detail, errors }: Rejection): ProblemError {
  return new ProblemError(code, detail, errors.length > 0 ? { errors } : {});
}

function itemAnswer(reading: Reading): ItemAnswer {
  if (reading.outcome === 'accepted') return { id: reading.attributes.id };
  const { code, detail, errors } = reading;
  return { error: { code, detail, pointer: errors[0]?.pointer ?? '' } };
}

@Controller(EVENTS_PATH)
export class EventsController {
  constructor(
    @Inject(EventsPublisher) private readonly publisher: EventsPublisher,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(RANDOM_BYTES) private readonly randomBytes: RandomBytes,
    @Inject(EVENT_METRICS) private readonly metrics: IngestMetrics,
    @Inject(CONFIGURATION_PROJECTION) private readonly configuration: Pick<ConfigurationProjection, 'tenant'>,
    @Inject(RecentConfiguration) private readonly recent: Pick<RecentConfiguration, 'newest'>,
    @Inject(EventQuotas) private readonly quotas: EventQuotas,
    @Inject(EventsHeadCheck) private readonly headCheck: EventsHeadCheck,
    @Inject(SCHEMA_GATE) private readonly schemas: SchemaGate,
  ) {}

  /** 202 means that all in-sync replicas have the event, or every item of the batch that was not refused. */
  @Post()
  @Operation('events.emit', EventsHeadCheck)
  @HttpCode(202)
  async accept(
    @CurrentPrincipal() principal: Principal,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TakenEvent | { items: ItemAnswer[] }> {
    const tenantId = tenantOf(principal);
    if (principal.type === 'platform') await this.requireTenant(tenantId);
    // Once more: others were taken while the body was on its way, and to read it costs most.
    this.headCheck.checkHead(principal, request, reply);
    const body = Buffer.isBuffer(request.body) ? request.body : NO_BODY;
    const reading = readHttpRequest(
      {
        rawHeaders: request.raw.rawHeaders,
        contentType: request.headers['content-type'],
        contentEncoding: request.headers['content-encoding'],
        body,
      },
      this.defaultsOf(tenantId),
    );
    if (reading.outcome === 'rejected') throw this.refused(reading);
    const read = reading.outcome === 'batch' ? reading.readings : [reading];
    // Also what its schema then refuses: to compare it is what costs most.
    this.quotas.spend(tenantId, read.filter(({ outcome }) => outcome === 'accepted').length, reply, body.length);
    const readings = await this.schemas.check(read);
    const accepted = readings.filter((item) => item.outcome === 'accepted');
    if (reading.outcome === 'batch') {
      if (accepted.length > 0) await this.publish(accepted, request);
      this.metrics.refused.add(readings.length - accepted.length);
      return { items: readings.map(itemAnswer) };
    }
    for (const item of readings) if (item.outcome === 'rejected') throw this.refused(item);
    await this.publish(accepted, request);
    return { id: reading.attributes.id };
  }

  /** A tenant's key implies its tenant; the platform's header may name none that exists. */
  private async requireTenant(tenantId: string): Promise<void> {
    const exists = () => this.configuration.tenant(tenantId)?.deleted === false;
    if (exists()) return;
    await this.recent.newest();
    if (!exists()) throw new ProblemError('not_found', `There is no tenant ${tenantId}.`);
  }

  private defaultsOf(tenantId: string): EventDefaults {
    const nowMs = this.clock.nowMs();
    return {
      tenantId,
      acceptedAt: new Date(nowMs).toISOString(),
      newEventId: () => newId('evt', nowMs, this.randomBytes(EVENT_ID_RANDOM_BYTES)),
    };
  }

  private refused(rejection: Rejection): ProblemError {
    this.metrics.refused.add(1);
    return problemOf(rejection);
  }

  private async publish(events: AcceptedEvent[], request: FastifyRequest): Promise<void> {
    const parent = tracing.incoming(request);
    if (!tracing.enabled) {
      await this.publisher.publish(events, parent);
    } else {
      const span = tracing.startSpan('send events', {
        kind: 'producer',
        parent,
        attributes: {
          'messaging.system': 'kafka',
          'messaging.operation.type': 'send',
          'messaging.operation.name': 'send',
          'messaging.batch.message_count': events.length,
        },
      });
      try {
        await this.publisher.publish(events, span.traceparent);
      } catch (error) {
        span.fail(error);
        throw error;
      } finally {
        span.end();
      }
    }
    this.metrics.accepted.add(events.length);
  }
}
