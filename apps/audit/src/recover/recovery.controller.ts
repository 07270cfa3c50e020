import {
  CLOCK,
  type Clock,
  CurrentPrincipal,
  idempotentRequestOf,
  Operation,
  originOf,
  type Principal,
  ProblemError,
  parseBody,
  RANDOM_BYTES,
  type RandomBytes,
  REPLAYED_HEADER,
  tenantOf,
} from '@hookstile/service-runtime';
import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ListStores } from '../export/snapshot.store.js';
import { CurrentExchange, type ListExchange, ListRoutes } from '../lists/list-routes.js';
import { noParameters, oneOf, text } from '../read/filters.js';
import { Recoveries, type StartedRecovery } from './recoveries.js';
import { RecoveryDto } from './recovery.dto.js';
import { RECOVERY_STORE, type RecoveryStore } from './recovery.store.js';
import { RECOVERY_STATUSES, type RecoveryRow } from './recovery.types.js';
import { RecoveryItem, recoveryItem } from './recovery-item.js';

export const RECOVERY_FILTERS = { integrationId: text, status: oneOf(RECOVERY_STATUSES) };

const LIST = {
  name: 'recoveries',
  storeOf: (stores: ListStores) => stores.recoveries,
  filters: RECOVERY_FILTERS,
  positionOf: (row: RecoveryRow) => ({ atMs: row.startedAtMs, key: row.id }),
  item: RecoveryItem,
  itemOf: recoveryItem,
};

/** What was missed while an endpoint was down, sent once more. */
@Controller('v1/recoveries')
export class RecoveryController {
  constructor(
    @Inject(Recoveries) private readonly recoveries: Recoveries,
    @Inject(RECOVERY_STORE) private readonly store: RecoveryStore,
    @Inject(ListRoutes) private readonly lists: ListRoutes,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(RANDOM_BYTES) private readonly randomBytes: RandomBytes,
  ) {}

  @Post()
  @HttpCode(202)
  @Operation('recoveries.create')
  async create(
    @CurrentPrincipal() principal: Principal,
    @Query() query: unknown,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RecoveryItem | { matched: number }> {
    noParameters(query);
    const tenantId = tenantOf(principal);
    const asked = idempotentRequestOf(request, tenantId);
    const before = asked && (await this.recoveries.startedBefore(tenantId, asked));
    if (before) return startedItem({ recovery: before, replayed: true }, reply);
    const input = parseBody(RecoveryDto, body);
    if (input.dryRun) {
      reply.status(200);
      return { matched: await this.recoveries.count(tenantId, input) };
    }
    const origin = this.originOf(principal, request);
    return startedItem(await this.recoveries.start(tenantId, input, origin, asked), reply);
  }

  @Get()
  @Operation('recoveries.list')
  list(@CurrentExchange() exchange: ListExchange) {
    return this.lists.answer(LIST, exchange);
  }

  @Get(':id')
  @Operation('recoveries.get')
  async get(
    @CurrentPrincipal() principal: Principal,
    @Param('id') id: string,
    @Query() query: unknown,
  ): Promise<RecoveryItem> {
    noParameters(query);
    return shown(await this.store.get(tenantOf(principal), id));
  }

  /** What was handed over is sent all the same. */
  @Delete(':id')
  @HttpCode(204)
  @Operation('recoveries.stop')
  async stop(
    @CurrentPrincipal() principal: Principal,
    @Param('id') id: string,
    @Query() query: unknown,
    @Req() request: FastifyRequest,
  ): Promise<void> {
    noParameters(query);
    const stop = { reason: 'requested', atMs: this.clock.nowMs(), by: this.originOf(principal, request) } as const;
    shown(await this.store.stop(tenantOf(principal), id, stop));
  }

  private originOf(principal: Principal, request: FastifyRequest) {
    return originOf(principal, request.headers['x-request-id'], this.clock, this.randomBytes);
  }
}

function startedItem({ recovery, replayed }: StartedRecovery, reply: FastifyReply): RecoveryItem {
  if (replayed) reply.header(REPLAYED_HEADER, 'true');
  return recoveryItem(recovery);
}

function shown(row: RecoveryRow | null): RecoveryItem {
  if (!row) throw new ProblemError('not_found', 'there is no such recovery');
  return recoveryItem(row);
}
