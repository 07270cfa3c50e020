import { CurrentPrincipal, Operation, type Principal } from '@hookstile/service-runtime';
import { Body, Controller, Headers, Inject, Put, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { OriginOf } from '../changes/origin.js';
import { callerOf } from '../integrations/integrations.js';
import { INTEGRATION_APPLY, ORIGIN_OF } from '../tokens.js';
import type { AppliedList } from './applied-list.js';
import type { IntegrationApply } from './integration-apply.js';

/** Two colons stand for one that begins no parameter. */
export const APPLY_PATH = '/v1/integrations::apply';

@Controller(APPLY_PATH)
export class ApplyController {
  constructor(
    @Inject(INTEGRATION_APPLY) private readonly integrationApply: IntegrationApply,
    @Inject(ORIGIN_OF) private readonly originOf: OriginOf,
  ) {}

  @Put()
  @Operation('integrations.apply')
  apply(
    @Body() body: unknown,
    @CurrentPrincipal() principal: Principal,
    @Headers('x-request-id') requestId: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AppliedList> {
    reply.header('cache-control', 'no-store');
    return this.integrationApply.apply(callerOf(principal, this.originOf(principal, requestId)), body);
  }
}
