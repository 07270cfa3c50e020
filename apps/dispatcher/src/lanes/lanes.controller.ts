import { partitionOf } from '@hookstile/contracts';
import {
  CLOCK,
  type Clock,
  CONFIGURATION_PROJECTION,
  type ConfigurationProjection,
  CurrentPrincipal,
  decodeCursor,
  encodeCursor,
  Operation,
  originOf,
  PARTITION_COUNT,
  type Principal,
  ProblemError,
  parseListQuery,
  RANDOM_BYTES,
  type RandomBytes,
  tenantOf,
  within,
} from '@hookstile/service-runtime';
import { Controller, Get, Headers, HttpCode, Inject, Param, Post, Query, UseInterceptors } from '@nestjs/common';
import { ownIntegration } from '../consumes/own-integration.js';
import { OwnerForwarding } from '../ownership/owner-forwarding.js';
import { DISPATCHER, type RunningDispatcher } from '../running-dispatcher.js';
import { SKIP_TIMEOUT_MS } from './lane.bounds.js';
import type { Lane } from './lane.js';
import { LANE_STORE, type LaneStore } from './lane.store.js';
import { isExhausted } from './lane-draft.js';
import { STRICT_LANE_KEY } from './lane-key.js';
import { type LaneListOptions, listLanes, viewOfLane } from './lane-list.js';
import type { LaneRunner } from './lane-runner.js';
import { type LaneView, type WaitingView, waitingPage } from './lane-views.js';

export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

const RETRY_AFTER_S = 1;

const isOffset = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value);
const pageOf = <T>({ items, next }: { items: T[]; next: number | null }): Page<T> => ({
  items,
  nextCursor: next === null ? null : encodeCursor(next),
});

/** The strict lane of an integration is always there: in memory, only while something passes it. */
function nothingToSkip(): ProblemError {
  return new ProblemError('conflict', 'the head of this lane is not exhausted: there is nothing to skip');
}

@Controller('v1/integrations/:id/lanes')
@UseInterceptors(OwnerForwarding)
export class LanesController {
  constructor(
    @Inject(DISPATCHER) private readonly running: RunningDispatcher,
    @Inject(LANE_STORE) private readonly store: LaneStore,
    @Inject(CONFIGURATION_PROJECTION) private readonly projection: ConfigurationProjection,
    @Inject(PARTITION_COUNT) private readonly partitionCount: number,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(RANDOM_BYTES) private readonly randomBytes: RandomBytes,
  ) {}

  /** Lanes with something waiting, the longest wait first. A strict integration has one, with the key `main`. */
  @Get()
  @Operation('lanes.list')
  async lanes(
    @CurrentPrincipal() principal: Principal,
    @Param('id') id: string,
    @Query() query: unknown,
  ): Promise<Page<LaneView>> {
    const { cursor, limit } = parseListQuery(query, {});
    const after = cursor === null ? -1 : decodeCursor(cursor, isOffset);
    return pageOf(await listLanes(await this.optionsOf(principal, id), after, limit));
  }

  @Get(':key/deliveries')
  @Operation('lanes.list-deliveries')
  async deliveries(
    @CurrentPrincipal() principal: Principal,
    @Param('id') id: string,
    @Param('key') key: string,
    @Query() query: unknown,
  ): Promise<Page<WaitingView>> {
    const { cursor, limit } = parseListQuery(query, {});
    const after = cursor === null ? -1 : decodeCursor(cursor, isOffset);
    const { partition, lanes } = await this.optionsOf(principal, id);
    const name = { partition, integrationId: id, key };
    const lane = lanes.find((known) => known.name.key === key) ?? null;
    const page = await waitingPage(this.store, name, lane, after, limit);
    const isKnown = lane !== null || page.items.length > 0 || cursor !== null || key === STRICT_LANE_KEY;
    if (!isKnown) throw new ProblemError('not_found', 'no such lane');
    return pageOf(page);
  }

  /** Ends the head of a lane that it holds, for its attempts are exhausted, as failed; the lane goes on. */
  @Post(':key/skip')
  @Operation('lanes.skip')
  @HttpCode(200)
  async skip(
    @CurrentPrincipal() principal: Principal,
    @Param('id') id: string,
    @Param('key') key: string,
    @Headers('x-request-id') requestId: string | undefined,
  ): Promise<LaneView> {
    const options = await this.optionsOf(principal, id);
    const runner = this.runnerOf(options.partition);
    if (runner === null) throw takenOver();
    const lane = await within(runner.awaken(id, key), SKIP_TIMEOUT_MS, late);
    // Who is not the owner any more, or has not read the log through the lane's rows, knows no more of it.
    const isOwner = () => this.runnerOf(options.partition) === runner;
    if (!isOwner() || (lane !== null && lane.state.catchUp !== null)) throw takenOver();
    if (lane === null) throw key === STRICT_LANE_KEY ? nothingToSkip() : new ProblemError('not_found', 'no such lane');
    const { head, rules } = lane.state;
    const isHeld = head?.status === 'waiting' && isExhausted(rules, head);
    const skipping = originOf(principal, requestId, this.clock, this.randomBytes);
    const isSkipped = isHeld && (await within(runner.giveUp(lane, skipping), SKIP_TIMEOUT_MS, late));
    if (!isSkipped && !isOwner()) throw takenOver();
    if (!isSkipped) throw nothingToSkip();
    return viewOfLane({ ...options, nowMs: this.clock.monotonicMs() }, lane);
  }

  private runnerOf(partition: number): LaneRunner | null {
    return this.running.dispatcher?.partitions.runnerOf(partition) ?? null;
  }

  /** An integration may be newer than what was read; another tenant's does not exist here. */
  private async optionsOf(principal: Principal, integrationId: string): Promise<LaneListOptions> {
    const tenantId = tenantOf(principal);
    const integration = await ownIntegration(this.projection, tenantId, integrationId);
    const partition = partitionOf(integrationId, this.partitionCount);
    const runner = this.runnerOf(partition);
    const lanes: readonly Lane[] = runner?.lanesOf(integrationId) ?? [];
    return {
      store: this.store,
      partition,
      integrationId,
      lanes,
      isStopped: runner?.isStopped(integrationId) ?? integration.state === 'disabled',
      version: integration.version,
      nowMs: this.clock.monotonicMs(),
    };
  }
}

const unavailable = (detail: string) => new ProblemError('unavailable', detail, { retryAfterSeconds: RETRY_AFTER_S });
const takenOver = () => unavailable('the lanes of this integration are being taken over');
const late = () => unavailable('the lane does not answer at present');
