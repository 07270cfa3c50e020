import type { ServerResponse } from 'node:http';
import {
  type AuthenticatedRequest,
  CurrentPrincipal,
  KEY_DIRECTORY,
  type KeyDirectory,
  Operation,
  type Principal,
  ProblemError,
  parseListQuery,
  tenantOf,
} from '@hookstile/service-runtime';
import { Controller, Get, Inject, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { EVENT_LOG_FILTERS } from '../event-log/event-log-query.js';
import { stillAllowed } from '../read/still-allowed.js';
import { LiveTail } from './live-tail.js';
import { decodeTailCursor, type TailCursor } from './tail-position.js';

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store, no-transform',
  // Proxies such as nginx would collect what is written, and a reader would wait for minutes.
  'x-accel-buffering': 'no',
};
const LIST_ONLY = ['limit', 'cursor'];

/** Attempts as they become visible, as server-sent events. */
@Controller('v1/event-log/stream')
export class TailController {
  constructor(
    @Inject(LiveTail) private readonly tail: LiveTail,
    @Inject(KEY_DIRECTORY) private readonly keys: KeyDirectory,
  ) {}

  @Get()
  @Operation('event-log.stream')
  async stream(
    @CurrentPrincipal() principal: Principal,
    @Query() query: unknown,
    @Req() request: AuthenticatedRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.tail.open({
      tenantId: tenantOf(principal),
      filters: filtersOf(query),
      cursor: cursorOf(request.headers['last-event-id']),
      stillAllowed: () => stillAllowed(this.keys, request),
      begin: () => begin(reply),
    });
  }
}

function begin(reply: FastifyReply): ServerResponse {
  // What was said of limits goes along.
  for (const [name, value] of Object.entries(reply.getHeaders()))
    if (value !== undefined) reply.raw.setHeader(name, value);
  reply.hijack();
  return reply.raw.writeHead(200, HEADERS);
}

function filtersOf(query: unknown) {
  const [name] = LIST_ONLY.filter((parameter) => Object.hasOwn((query ?? {}) as object, parameter));
  if (name !== undefined) throw new ProblemError('malformed', `${name}: not a parameter of this stream`);
  return parseListQuery(query, EVENT_LOG_FILTERS).filters;
}

/** A reader that has no id yet may say so by an empty one. */
function cursorOf(header: string | string[] | undefined): TailCursor | null {
  return typeof header === 'string' && header !== '' ? decodeTailCursor(header) : null;
}
