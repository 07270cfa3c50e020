import { partitionOf } from '@hookstile/contracts';
import {
  type AuthenticatedRequest,
  CONFIGURATION_PROJECTION,
  type ConfigurationProjection,
  LOGGER,
  PARTITION_COUNT,
  ProblemError,
  principalOf,
  tenantOf,
} from '@hookstile/service-runtime';
import { type CallHandler, type ExecutionContext, Inject, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Logger } from 'pino';
import { type Observable, of } from 'rxjs';
import { ownIntegration } from '../consumes/own-integration.js';
import { DISPATCHER, type RunningDispatcher } from '../running-dispatcher.js';
import { askOwner, FORWARDED_HEADER, type OwnerAnswer } from './ask-owner.js';
import { LEASE_STORE, type LeaseStore } from './lease.store.js';

/**
 * For routes `…/integrations/:id/…` that need the owner of the integration's partition. Another process' owner is asked,
 * once, with the caller's own credentials, and checks them itself. Without its answer a GET goes on here, with what is
 * stored; anything else is `unavailable`, for only the owner may change a lane. Nobody is asked for an integration that
 * is not the caller's own: whose partition nobody has at present would be told otherwise.
 */
@Injectable()
export class OwnerForwarding implements NestInterceptor {
  constructor(
    @Inject(DISPATCHER) private readonly running: RunningDispatcher,
    @Inject(LEASE_STORE) private readonly leases: LeaseStore,
    @Inject(PARTITION_COUNT) private readonly partitionCount: number,
    @Inject(CONFIGURATION_PROJECTION) private readonly projection: ConfigurationProjection,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const request = context.switchToHttp().getRequest<AuthenticatedRequest & { params: { id: string } }>();
    const { id } = request.params;
    await ownIntegration(this.projection, tenantOf(principalOf(request)), id);
    const partition = partitionOf(id, this.partitionCount);
    if (this.running.dispatcher?.partitions.runnerOf(partition)) return next.handle();
    const answer = await this.askOwner(partition, request);
    if (answer !== null) return of(this.pass(answer, context.switchToHttp().getResponse<FastifyReply>()));
    if (request.method === 'GET') return next.handle();
    throw new ProblemError('unavailable', 'no dispatcher has the lanes of this integration at present');
  }

  private async askOwner(partition: number, request: AuthenticatedRequest): Promise<OwnerAnswer | null> {
    // One hop: who was asked and is not the owner knows no better.
    if (request.headers[FORWARDED_HEADER] !== undefined) return null;
    try {
      const owner = await this.leases.ownerOf(partition);
      if (owner === null || owner.address === null || owner.name === this.running.owner) return null;
      return await askOwner(owner.address, request);
    } catch (error) {
      this.logger.warn({ err: error, partition }, 'the owner of a partition did not answer for its lanes');
      return null;
    }
  }

  private pass({ status, body, retryAfterSeconds }: OwnerAnswer, reply: FastifyReply): unknown {
    if (status < 400) {
      reply.status(status);
      return body;
    }
    const { code, detail, errors } = body as { code: string; detail: string; errors?: [] };
    throw new ProblemError(code, detail, {
      status,
      ...(errors === undefined ? {} : { errors }),
      ...(retryAfterSeconds === null ? {} : { retryAfterSeconds }),
    });
  }
}
