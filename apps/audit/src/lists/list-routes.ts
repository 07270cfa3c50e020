import {
  type AuthenticatedRequest,
  type FilterReader,
  KEY_DIRECTORY,
  type KeyDirectory,
  principalOf,
  tenantOf,
} from '@hookstile/service-runtime';
import { createParamDecorator, type ExecutionContext, Inject, Injectable, StreamableFile } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Page } from '../read/list-page.js';
import { stillAllowed } from '../read/still-allowed.js';
import { type ListDefinition, type ListFile, type ListRequest, Lists, type WholeDefinition } from './lists.js';

/** A request of a list route and its answer. */
export interface ListExchange {
  request: AuthenticatedRequest;
  reply: FastifyReply;
}

export const CurrentExchange = createParamDecorator((_: unknown, context: ExecutionContext): ListExchange => {
  const http = context.switchToHttp();
  return { request: http.getRequest<AuthenticatedRequest>(), reply: http.getResponse<FastifyReply>() };
});

const EXPORT_HEADERS = {
  'cache-control': 'no-store, no-transform',
  vary: 'Accept',
  // Proxies such as nginx would otherwise collect what a slow reader has not taken.
  'x-accel-buffering': 'no',
};

/** Lists over HTTP. */
@Injectable()
export class ListRoutes {
  constructor(
    @Inject(Lists) private readonly lists: Lists,
    @Inject(KEY_DIRECTORY) private readonly keys: KeyDirectory,
  ) {}

  async answer<Filters extends Record<string, FilterReader>, Row, Item>(
    definition: ListDefinition<Filters, Row, Item>,
    exchange: ListExchange,
  ): Promise<Page<Item> | StreamableFile> {
    return sent(await this.lists.answer(definition, this.requestOf(exchange)), exchange);
  }

  async answerWhole<Whole extends { items: readonly unknown[] }>(
    definition: WholeDefinition<Whole>,
    exchange: ListExchange,
  ): Promise<Whole | StreamableFile> {
    return sent(await this.lists.answerWhole(definition, this.requestOf(exchange)), exchange);
  }

  private requestOf({ request, reply }: ListExchange): ListRequest {
    return {
      tenantId: tenantOf(principalOf(request)),
      query: request.query as Readonly<Record<string, unknown>>,
      accept: request.headers.accept,
      stillAllowed: () => stillAllowed(this.keys, request),
      // Where the answer's end is the connection's, as in HTTP/1.0, an orderly close would look like the end of the list.
      breakOff: () => reply.raw.socket?.resetAndDestroy(),
      onGone: (gone) => whenClosed(reply.raw, gone),
    };
  }
}

/** A reader may have gone while its export waited to begin; then nothing would tell of it any more. */
export function whenClosed(raw: Pick<FastifyReply['raw'], 'closed' | 'once'>, gone: () => unknown): void {
  if (raw.closed) gone();
  else raw.once('close', gone);
}

function sent<Answer extends object>(answer: Answer | ListFile, { reply }: ListExchange): Answer | StreamableFile {
  if (!('bytes' in answer)) return answer;
  reply.headers(EXPORT_HEADERS);
  const { bytes, contentType: type, name } = answer;
  return new StreamableFile(bytes, { type, disposition: `attachment; filename="${name}"` });
}
