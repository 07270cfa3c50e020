import { CurrentPrincipal, Operation, type Principal, tenantOf, tracing } from '@hookstile/service-runtime';
import { Body, Controller, HttpCode, Inject, Param, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { decisionInputOf, testInputOf } from './decision-input.js';
import { type Caller, DecisionMaker } from './decision-maker.js';
import type { DecisionView, RuleTestView } from './decision-views.js';
import { RuleTester } from './rule-tester.js';

function callerOf(principal: Principal, request: FastifyRequest): Caller {
  return { tenantId: tenantOf(principal), traceparent: tracing.incoming(request) };
}

@Controller('v1')
export class DecisionsController {
  constructor(
    @Inject(DecisionMaker) private readonly maker: DecisionMaker,
    @Inject(RuleTester) private readonly tester: RuleTester,
  ) {}

  /** Asks the webhook of a rule whether access is granted. */
  @Post('decisions')
  @Operation('decisions.make')
  @HttpCode(200)
  decide(
    @CurrentPrincipal() principal: Principal,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
  ): Promise<DecisionView> {
    return this.maker.decide(callerOf(principal, request), decisionInputOf(body));
  }

  /** A dry run of a rule, also of a disabled one. */
  @Post('decision-rules/:id/test')
  @Operation('decision-rules.test')
  @HttpCode(200)
  test(
    @CurrentPrincipal() principal: Principal,
    @Param('id') id: string,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
  ): Promise<RuleTestView> {
    return this.tester.test(callerOf(principal, request), id, testInputOf(body));
  }
}
