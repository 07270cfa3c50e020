import { CLOCK, type Clock, CurrentPrincipal, Operation, type Principal, tenantOf } from '@hookstile/service-runtime';
import { Controller, Get, Inject, Query } from '@nestjs/common';
import { STATS_STORE, type StatsStore } from './stats.store.js';
import { type Stats, statsOf } from './stats-item.js';
import { statsQuery } from './stats-query.js';

/** How many attempts there were, how they ended and how long they took, by spans of time. */
@Controller('v1/stats')
export class StatsController {
  constructor(
    @Inject(STATS_STORE) private readonly store: StatsStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get()
  @Operation('stats.read')
  async read(@CurrentPrincipal() principal: Principal, @Query() query: unknown): Promise<Stats> {
    const asked = statsQuery(query, this.clock.nowMs());
    return statsOf(asked, await this.store.read(tenantOf(principal), asked));
  }
}
