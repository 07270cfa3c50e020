import { CurrentPrincipal, Operation, type Principal } from '@hookstile/service-runtime';
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
import { ORIGIN_OF, TENANTS } from '../tokens.js';
import type { TenantView } from './tenant-aggregate.js';
import type { Tenants } from './tenants.js';

@Controller('v1/tenants')
export class TenantsController {
  constructor(
    @Inject(TENANTS) private readonly tenants: Tenants,
    @Inject(ORIGIN_OF) private readonly originOf: OriginOf,
  ) {}

  @Post()
  @Operation('tenants.create')
  async create(
    @Body() body: unknown,
    @CurrentPrincipal() principal: Principal,
    @Headers('x-request-id') requestId: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TenantView> {
    const tenant = await this.tenants.create(body, this.originOf(principal, requestId));
    reply.header('location', `/v1/tenants/${tenant.id}`);
    return tagged(tenant, reply);
  }

  @Get()
  @Operation('tenants.list')
  list(@Query() query: unknown): Promise<Page<TenantView>> {
    return this.tenants.list(query);
  }

  @Get(':id')
  @Operation('tenants.get')
  async get(@Param('id') id: string, @Res({ passthrough: true }) reply: FastifyReply): Promise<TenantView> {
    return tagged(await this.tenants.get(id), reply);
  }

  @Patch(':id')
  @Operation('tenants.update')
  async patch(
    @Param('id') id: string,
    @Body() body: unknown,
    @CurrentPrincipal() principal: Principal,
    @Headers('if-match') ifMatch: string | undefined,
    @Headers('x-request-id') requestId: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TenantView> {
    return tagged(await this.tenants.patch(id, ifMatch, body, this.originOf(principal, requestId)), reply);
  }

  @Delete(':id')
  @Operation('tenants.delete')
  @HttpCode(204)
  delete(
    @Param('id') id: string,
    @CurrentPrincipal() principal: Principal,
    @Headers('if-match') ifMatch: string | undefined,
    @Headers('x-request-id') requestId: string | undefined,
  ): Promise<void> {
    return this.tenants.delete(id, ifMatch, this.originOf(principal, requestId));
  }
}
