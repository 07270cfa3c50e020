import { CLOCK, type Clock, Operation } from '@hookstile/service-runtime';
import { Controller, Get, Inject } from '@nestjs/common';
import { CurrentExchange, type ListExchange, ListRoutes } from '../lists/list-routes.js';
import { STATS_STORE, type StatsStore } from './stats.store.js';
import { type Stats, StatsItem, statsOf } from './stats-item.js';
import { statsQuery } from './stats-query.js';

/** How many attempts there were, how they ended and how long they took, by spans of time. */
@Controller('v1/stats')
export class StatsController {
  constructor(
    @Inject(STATS_STORE) private readonly store: StatsStore,
    @Inject(ListRoutes) private readonly lists: ListRoutes,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get()
  @Operation('stats.read')
  read(@CurrentExchange() exchange: ListExchange) {
    const read = (tenantId: string, query: unknown) => this.statsOf(tenantId, query);
    return this.lists.answerWhole({ name: 'stats', item: StatsItem, read }, exchange);
  }

  private async statsOf(tenantId: string, query: unknown): Promise<Stats> {
    const asked = statsQuery(query, this.clock.nowMs());
    return statsOf(asked, await this.store.read(tenantId, asked));
  }
}
