import {
  type AttemptWithBodies,
  CurrentPrincipal,
  Operation,
  type Principal,
  tenantOf,
  tracing,
} from '@hookstile/service-runtime';
import { Body, Controller, HttpCode, Inject, Param, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { trialInputOf } from './trial-input.js';
import { Trials } from './trials.js';

@Controller('v1/integrations/:id/test')
export class TrialsController {
  constructor(@Inject(Trials) private readonly trials: Trials) {}

  /** One real attempt now, also while the integration is disabled. */
  @Post()
  @Operation('integrations.test')
  @HttpCode(200)
  test(
    @CurrentPrincipal() principal: Principal,
    @Param('id') integrationId: string,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
  ): Promise<AttemptWithBodies> {
    const { eventType } = trialInputOf(body);
    const traceparent = tracing.incoming(request);
    return this.trials.make({ tenantId: tenantOf(principal), traceparent, integrationId, eventType });
  }
}
