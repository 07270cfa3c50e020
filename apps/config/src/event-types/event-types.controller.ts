import { CurrentPrincipal, Operation, type Principal, tenantOf } from '@hookstile/service-runtime';
import { Body, Controller, Delete, Get, Headers, HttpCode, Inject, Param, Put, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { OriginOf } from '../changes/origin.js';
import { tagged } from '../input/if-match.js';
import type { Page } from '../input/page.js';
import type { Tenants } from '../tenants/tenants.js';
import { EVENT_TYPES, ORIGIN_OF, TENANTS } from '../tokens.js';
import type { EventTypeView } from './event-type-aggregate.js';
import type { Caller, EventTypes } from './event-types.js';

const CREATED = 201;
const REPLACED = 200;

@Controller('v1/event-types')
export class EventTypesController {
  constructor(
    @Inject(EVENT_TYPES) private readonly eventTypes: EventTypes,
    @Inject(TENANTS) private readonly tenants: Tenants,
    @Inject(ORIGIN_OF) private readonly originOf: OriginOf,
  ) {}

  @Get()
  @Operation('event-types.list')
  async list(@Query() query: unknown, @CurrentPrincipal() principal: Principal): Promise<Page<EventTypeView>> {
    const tenantId = tenantOf(principal);
    if (principal.type === 'platform') await this.tenants.require(tenantId);
    return this.eventTypes.list(tenantId, query);
  }

  @Get(':type')
  @Operation('event-types.get')
  async get(
    @Param('type') type: string,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<EventTypeView> {
    return tagged(await this.eventTypes.get(tenantOf(principal), type), reply);
  }

  @Put(':type')
  @Operation('event-types.put')
  async put(
    @Param('type') type: string,
    @Body() body: unknown,
    @CurrentPrincipal() principal: Principal,
    @Headers('if-match') ifMatch: string | undefined,
    @Headers('x-request-id') requestId: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<EventTypeView> {
    const { created, eventType } = await this.eventTypes.put(this.caller(principal, requestId), type, ifMatch, body);
    reply.status(created ? CREATED : REPLACED);
    return tagged(eventType, reply);
  }

  @Delete(':type')
  @HttpCode(204)
  @Operation('event-types.delete')
  delete(
    @Param('type') type: string,
    @CurrentPrincipal() principal: Principal,
    @Headers('if-match') ifMatch: string | undefined,
    @Headers('x-request-id') requestId: string | undefined,
  ): Promise<void> {
    return this.eventTypes.delete(this.caller(principal, requestId), type, ifMatch);
  }

  private caller(principal: Principal, requestId: string | undefined): Caller {
    return { tenantId: tenantOf(principal), origin: this.originOf(principal, requestId) };
  }
}
