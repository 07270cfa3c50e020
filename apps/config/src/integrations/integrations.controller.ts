import { CurrentPrincipal, Operation, type Principal, tenantOf } from '@hookstile/service-runtime';
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
import { INTEGRATIONS, ORIGIN_OF, TENANTS } from '../tokens.js';
import {
  type ChangedIntegration,
  type CreatedIntegration,
  type IntegrationView,
  type RotatedSecret,
  rotatedSecret,
} from './integration-view.js';
import { type Caller, callerOf, type Integrations } from './integrations.js';

@Controller('v1/integrations')
export class IntegrationsController {
  constructor(
    @Inject(INTEGRATIONS) private readonly integrations: Integrations,
    @Inject(TENANTS) private readonly tenants: Tenants,
    @Inject(ORIGIN_OF) private readonly originOf: OriginOf,
  ) {}

  @Post()
  @Operation('integrations.create')
  async create(
    @Body() body: unknown,
    @CurrentPrincipal() principal: Principal,
    @Headers('x-request-id') requestId: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CreatedIntegration> {
    const { integration, newSigningSecret } = await this.integrations.create(this.caller(principal, requestId), body);
    reply.header('location', `/v1/integrations/${integration.id}`).header('cache-control', 'no-store');
    return { ...tagged(integration, reply), signingSecret: newSigningSecret };
  }

  @Get()
  @Operation('integrations.list')
  async list(@Query() query: unknown, @CurrentPrincipal() principal: Principal): Promise<Page<IntegrationView>> {
    const tenantId = tenantOf(principal);
    if (principal.type === 'platform') await this.tenants.require(tenantId);
    return this.integrations.list(tenantId, query);
  }

  @Get(':id')
  @Operation('integrations.get')
  async get(
    @Param('id') id: string,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<IntegrationView> {
    return tagged(await this.integrations.get(tenantOf(principal), id), reply);
  }

  /** Answers the signing secret only where the patch brought a new one. */
  @Patch(':id')
  @Operation('integrations.update')
  async patch(
    @Param('id') id: string,
    @Body() body: unknown,
    @CurrentPrincipal() principal: Principal,
    @Headers('if-match') ifMatch: string | undefined,
    @Headers('x-request-id') requestId: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ChangedIntegration> {
    const caller = this.caller(principal, requestId);
    const { integration, newSigningSecret } = await this.integrations.patch(caller, id, ifMatch, body);
    return { ...tagged(integration, reply), ...(newSigningSecret === null ? {} : { signingSecret: newSigningSecret }) };
  }

  @Delete(':id')
  @Operation('integrations.delete')
  @HttpCode(204)
  delete(
    @Param('id') id: string,
    @CurrentPrincipal() principal: Principal,
    @Headers('if-match') ifMatch: string | undefined,
    @Headers('x-request-id') requestId: string | undefined,
  ): Promise<void> {
    return this.integrations.delete(this.caller(principal, requestId), id, ifMatch);
  }

  @Post(':id/enable')
  @Operation('integrations.enable')
  @HttpCode(200)
  async enable(
    @Param('id') id: string,
    @Body() body: unknown,
    @CurrentPrincipal() principal: Principal,
    @Headers('x-request-id') requestId: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<IntegrationView> {
    return tagged(await this.integrations.enable(this.caller(principal, requestId), id, body), reply);
  }

  @Post(':id/disable')
  @Operation('integrations.disable')
  @HttpCode(200)
  async disable(
    @Param('id') id: string,
    @Body() body: unknown,
    @CurrentPrincipal() principal: Principal,
    @Headers('x-request-id') requestId: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<IntegrationView> {
    return tagged(await this.integrations.disable(this.caller(principal, requestId), id, body), reply);
  }

  @Post(':id/rotate-secret')
  @HttpCode(200)
  @Operation('integrations.rotate-secret')
  async rotateSecret(
    @Param('id') id: string,
    @Body() body: unknown,
    @CurrentPrincipal() principal: Principal,
    @Headers('x-request-id') requestId: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RotatedSecret> {
    const written = await this.integrations.rotateSecret(this.caller(principal, requestId), id, body);
    reply.header('cache-control', 'no-store');
    return rotatedSecret(tagged(written.integration, reply), written.newSigningSecret);
  }

  private caller(principal: Principal, requestId: string | undefined): Caller {
    return callerOf(principal, this.originOf(principal, requestId));
  }
}
