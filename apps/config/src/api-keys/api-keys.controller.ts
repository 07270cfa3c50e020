import { CurrentPrincipal, Operation, type Principal, tenantOf } from '@hookstile/service-runtime';
import { Body, Controller, Delete, Get, Headers, HttpCode, Inject, Param, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { OriginOf } from '../changes/origin.js';
import type { Page } from '../input/page.js';
import type { Tenants } from '../tenants/tenants.js';
import { API_KEYS, ORIGIN_OF, TENANTS } from '../tokens.js';
import type { ApiKeyView, CreatedApiKey } from './api-key-aggregate.js';
import type { ApiKeys } from './api-keys.js';

@Controller('v1/api-keys')
export class ApiKeysController {
  constructor(
    @Inject(API_KEYS) private readonly apiKeys: ApiKeys,
    @Inject(TENANTS) private readonly tenants: Tenants,
    @Inject(ORIGIN_OF) private readonly originOf: OriginOf,
  ) {}

  @Post()
  @Operation('api-keys.create')
  async create(
    @Body() body: unknown,
    @CurrentPrincipal() principal: Principal,
    @Headers('x-request-id') requestId: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CreatedApiKey> {
    const created = await this.apiKeys.create(tenantOf(principal), body, this.originOf(principal, requestId));
    reply.header('location', `/v1/api-keys/${created.id}`).header('cache-control', 'no-store');
    return created;
  }

  @Get()
  @Operation('api-keys.list')
  async list(@Query() query: unknown, @CurrentPrincipal() principal: Principal): Promise<Page<ApiKeyView>> {
    const tenantId = tenantOf(principal);
    if (principal.type === 'platform') await this.tenants.require(tenantId);
    return this.apiKeys.list(tenantId, query);
  }

  @Delete(':id')
  @Operation('api-keys.delete')
  @HttpCode(204)
  delete(
    @Param('id') id: string,
    @CurrentPrincipal() principal: Principal,
    @Headers('x-request-id') requestId: string | undefined,
  ): Promise<void> {
    return this.apiKeys.delete(tenantOf(principal), id, this.originOf(principal, requestId));
  }
}
