import {
  CLOCK,
  type Clock,
  CurrentPrincipal,
  Operation,
  originOf,
  type Principal,
  RANDOM_BYTES,
  type RandomBytes,
  tenantOf,
  tracing,
} from '@hookstile/service-runtime';
import { Controller, HttpCode, Inject, Param, Post, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { noParameters } from '../read/filters.js';
import { Redeliver } from './redeliver.js';

@Controller('v1/deliveries')
export class RedeliverController {
  constructor(
    @Inject(Redeliver) private readonly redeliver: Redeliver,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(RANDOM_BYTES) private readonly randomBytes: RandomBytes,
  ) {}

  /** Sends a delivery that has ended once more, under the same `webhook-id` and its integration's current settings. */
  @Post(':id/redeliver')
  @HttpCode(202)
  @Operation('deliveries.redeliver')
  async create(
    @CurrentPrincipal() principal: Principal,
    @Param('id') deliveryId: string,
    @Query() query: unknown,
    @Req() request: FastifyRequest,
  ): Promise<{ deliveryId: string }> {
    noParameters(query);
    const origin = originOf(principal, request.headers['x-request-id'], this.clock, this.randomBytes);
    const traceparent = tracing.incoming(request);
    await this.redeliver.request({ tenantId: tenantOf(principal), deliveryId, origin, traceparent });
    return { deliveryId };
  }
}
