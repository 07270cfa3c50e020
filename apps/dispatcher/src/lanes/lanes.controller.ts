import { partitionOf } from '@hookstile/contracts';
import {
  Allow,
  CONFIGURATION_PROJECTION,
  type ConfigurationProjection,
  CurrentPrincipal,
  decodeCursor,
  encodeCursor,
  PARTITION_COUNT,
  type Principal,
  ProblemError,
  parseListQuery,
  tenantOf,
} from '@hookstile/service-runtime';
import { Controller, Get, Inject, Param, Query, UseInterceptors } from '@nestjs/common';
import { OwnerForwarding } from '../ownership/owner-forwarding.js';
import { DISPATCHER, type RunningDispatcher } from '../running-dispatcher.js';
import type { Lane } from './lane.js';
import { LANE_STORE, type LaneName, type LaneStore } from './lane.store.js';
import { STRICT_LANE_KEY } from './lane-key.js';
import { type LaneView, laneView, storedLaneView, type WaitingView, waitingPage } from './lane-views.js';

export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

const isOffset = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value);

@Controller('v1/integrations/:id/lanes')
@UseInterceptors(OwnerForwarding)
export class LanesController {
  constructor(
    @Inject(DISPATCHER) private readonly running: RunningDispatcher,
    @Inject(LANE_STORE) private readonly store: LaneStore,
    @Inject(CONFIGURATION_PROJECTION) private readonly projection: ConfigurationProjection,
    @Inject(PARTITION_COUNT) private readonly partitionCount: number,
  ) {}

  /** Lanes with something waiting. A strict integration has one, with the key `main`. */
  @Get()
  @Allow('viewer', 'editor', 'admin')
  async lanes(
    @CurrentPrincipal() principal: Principal,
    @Param('id') id: string,
    @Query() query: unknown,
  ): Promise<Page<LaneView>> {
    const { cursor } = parseListQuery(query, {});
    if (cursor !== null) decodeCursor(cursor, isOffset);
    const name = await this.nameOf(principal, id);
    const view = await this.view(name);
    return { items: view && cursor === null ? [view] : [], nextCursor: null };
  }

  @Get(':key/deliveries')
  @Allow('viewer', 'editor', 'admin')
  async deliveries(
    @CurrentPrincipal() principal: Principal,
    @Param('id') id: string,
    @Param('key') key: string,
    @Query() query: unknown,
  ): Promise<Page<WaitingView>> {
    const { cursor, limit } = parseListQuery(query, {});
    const after = cursor === null ? -1 : decodeCursor(cursor, isOffset);
    const name = await this.nameOf(principal, id);
    if (key !== STRICT_LANE_KEY) throw new ProblemError('not_found', 'no such lane');
    const { items, next } = await waitingPage(this.store, name, this.laneOf(name), after, limit);
    return { items, nextCursor: next === null ? null : encodeCursor(next) };
  }

  private async view(name: LaneName): Promise<LaneView | null> {
    const lane = this.laneOf(name);
    if (lane) return laneView(this.store, lane);
    const stopped = this.projection.integration(name.integrationId)?.state === 'disabled';
    return storedLaneView(this.store, name, stopped);
  }

  private laneOf({ partition, integrationId, key }: LaneName): Lane | null {
    const runner = this.running.dispatcher?.partitions.runnerOf(partition);
    return runner?.lanesOf(integrationId).find(({ name }) => name.key === key) ?? null;
  }

  /** An integration may be newer than what was read; another tenant's does not exist here. */
  private async nameOf(principal: Principal, integrationId: string): Promise<LaneName> {
    const tenantId = tenantOf(principal);
    if (!this.projection.integration(integrationId)) await this.projection.catchUp();
    const integration = this.projection.integration(integrationId);
    if (!integration || integration.deleted || integration.tenantId !== tenantId) {
      throw new ProblemError('not_found', 'no such integration');
    }
    return { partition: partitionOf(integrationId, this.partitionCount), integrationId, key: STRICT_LANE_KEY };
  }
}
