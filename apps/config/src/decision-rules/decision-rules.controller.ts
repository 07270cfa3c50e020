import { CurrentPrincipal, Operation, type Principal, parseOptionalBody, tenantOf } from '@hookstile/service-runtime';
import {
  Body,
  Controller,
  Delete,
  Get,
  Headers,
  HttpCode,
  Inject,
  Param,
  Patch,
  Post,
  Query,
  Res,
} from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { OriginOf } from '../changes/origin.js';
import { tagged } from '../input/if-match.js';
import type { Page } from '../input/page.js';
import type { Tenants } from '../tenants/tenants.js';
import { DECISION_RULES, ORIGIN_OF, TENANTS } from '../tokens.js';
import type { DecisionRuleView } from './decision-rule-view.js';
import type { Caller, DecisionRules } from './decision-rules.js';

/** Enabling and disabling take no members, so that none is ignored. */
class NothingDto {}

@Controller('v1/decision-rules')
export class DecisionRulesController {
  constructor(
    @Inject(DECISION_RULES) private readonly rules: DecisionRules,
    @Inject(TENANTS) private readonly tenants: Tenants,
    @Inject(ORIGIN_OF) private readonly originOf: OriginOf,
  ) {}

  @Post()
  @Operation('decision-rules.create')
  async create(
    @Body() body: unknown,
    @CurrentPrincipal() principal: Principal,
    @Headers('x-request-id') requestId: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DecisionRuleView> {
    const rule = await this.rules.create(this.caller(principal, requestId), body);
    reply.header('location', `/v1/decision-rules/${rule.id}`);
    return tagged(rule, reply);
  }

  @Get()
  @Operation('decision-rules.list')
  async list(@Query() query: unknown, @CurrentPrincipal() principal: Principal): Promise<Page<DecisionRuleView>> {
    const tenantId = tenantOf(principal);
    if (principal.type === 'platform') await this.tenants.require(tenantId);
    return this.rules.list(tenantId, query);
  }

  @Get(':id')
  @Operation('decision-rules.get')
  async get(
    @Param('id') id: string,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DecisionRuleView> {
    return tagged(await this.rules.get(tenantOf(principal), id), reply);
  }

  @Patch(':id')
  @Operation('decision-rules.update')
  async patch(
    @Param('id') id: string,
    @Body() body: unknown,
    @CurrentPrincipal() principal: Principal,
    @Headers('if-match') ifMatch: string | undefined,
    @Headers('x-request-id') requestId: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DecisionRuleView> {
    return tagged(await this.rules.patch(this.caller(principal, requestId), id, ifMatch, body), reply);
  }

  @Delete(':id')
  @Operation('decision-rules.delete')
  @HttpCode(204)
  delete(
    @Param('id') id: string,
    @CurrentPrincipal() principal: Principal,
    @Headers('if-match') ifMatch: string | undefined,
    @Headers('x-request-id') requestId: string | undefined,
  ): Promise<void> {
    return this.rules.delete(this.caller(principal, requestId), id, ifMatch);
  }

  @Post(':id/enable')
  @Operation('decision-rules.enable')
  @HttpCode(200)
  async enable(
    @Param('id') id: string,
    @Body() body: unknown,
    @CurrentPrincipal() principal: Principal,
    @Headers('x-request-id') requestId: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DecisionRuleView> {
    parseOptionalBody(NothingDto, body);
    return tagged(await this.rules.enable(this.caller(principal, requestId), id), reply);
  }

  @Post(':id/disable')
  @Operation('decision-rules.disable')
  @HttpCode(200)
  async disable(
    @Param('id') id: string,
    @Body() body: unknown,
    @CurrentPrincipal() principal: Principal,
    @Headers('x-request-id') requestId: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DecisionRuleView> {
    parseOptionalBody(NothingDto, body);
    return tagged(await this.rules.disable(this.caller(principal, requestId), id), reply);
  }

  private caller(principal: Principal, requestId: string | undefined): Caller {
    return { tenantId: tenantOf(principal), origin: this.originOf(principal, requestId) };
  }
}
