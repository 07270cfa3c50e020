import { CurrentPrincipal, Operation, type Principal, tenantOf } from '@hookstile/service-runtime';
import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import type { Page } from '../input/page.js';
import { INTEGRATION_HISTORY } from '../tokens.js';
import type { HistoryEntry, IntegrationHistory } from './integration-history.js';

@Controller('v1/integrations/:id/history')
export class IntegrationHistoryController {
  constructor(@Inject(INTEGRATION_HISTORY) private readonly history: IntegrationHistory) {}

  @Get()
  @Operation('integrations.history')
  list(
    @Param('id') id: string,
    @Query() query: unknown,
    @CurrentPrincipal() principal: Principal,
  ): Promise<Page<HistoryEntry>> {
    return this.history.list(tenantOf(principal), id, query);
  }
}
