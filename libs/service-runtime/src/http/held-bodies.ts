import type { FastifyInstance, FastifyReply, RequestPayload } from 'fastify';
import { type AuthenticatedRequest, PRINCIPAL } from '../auth/access.js';
import { ProblemError } from '../problems/problem.error.js';
import type { HeldBodiesBounds } from './http.bounds.js';
import { hasBody } from './request-body.js';

/** What one tenant's requests hold, or the platform's that name none. */
interface Share {
  requests: number;
  bytes: number;
  arriving: number;
}

const ARRIVING = Symbol('Arriving');

interface HeldRequest extends AuthenticatedRequest {
  /** While the body is on its way: whose share it counts in. */
  [ARRIVING]?: Share | undefined;
}

/** The body is whole, or nobody waits for it any more. */
export function noteArrived(request: HeldRequest): void {
  const share = request[ARRIVING];
  if (!share) return;
  request[ARRIVING] = undefined;
  share.arriving -= 1;
}

const RETRY_AFTER = { retryAfterSeconds: 1 };
const NO_TENANT = '';

/** Fastify takes an error of a body for the caller's, with 400, unless it has a status of its own. */
const withStatus = (problem: ProblemError, statusCode: number): Error => Object.assign(problem, { statusCode });

const tooMuchHeld = () =>
  withStatus(
    new ProblemError('unavailable', 'this process holds as many bodies of requests as it may at present', RETRY_AFTER),
    503,
  );
const tooMuchOfTenant = () =>
  withStatus(
    new ProblemError('rate_limited', "the tenant's requests hold as many bytes of bodies as they may", RETRY_AFTER),
    429,
  );
const tooManyOfTenant = () =>
  new ProblemError('rate_limited', 'too many bodies of the tenant are on their way at once', RETRY_AFTER);

/**
 * Bounds what bodies take, from their first byte until their request is answered: each route bounds one body, and nothing
 * the number of requests. Bytes count as they arrive, so that who only announces a body holds up nobody; who lets many
 * arrive slowly holds up none but his tenant.
 */
export function boundHeldBodies(instance: FastifyInstance, bounds: HeldBodiesBounds): void {
  let heldBytes = 0;
  const shares = new Map<string, Share>();

  instance.addHook('preParsing', (request: HeldRequest, reply, payload, done) => {
    if (!hasBody(request.headers)) return done(null, payload);
    const tenant = request[PRINCIPAL]?.tenantId ?? NO_TENANT;
    const share = shareOf(tenant);
    const full = problemOf(share, 1);
    if (full !== null) return done(full);
    const take = () => {
      // Who has gone while its key was looked up is told of no more: what it held would be held for ever.
      if (!reply.raw.closed) hold(request, reply, payload, tenant);
      done(null, payload);
    };
    if (share.arriving < bounds.bodiesArrivingOfTenantMax) return take();
    // A body that came with its head is parsed behind it, before the next turn of the event loop.
    setImmediate(() => (request.raw.complete ? take() : done(tooManyOfTenant())));
  });

  function shareOf(tenant: string): Share {
    return shares.get(tenant) ?? { requests: 0, bytes: 0, arriving: 0 };
  }

  function hold(request: HeldRequest, reply: FastifyReply, payload: RequestPayload, tenant: string): void {
    const share = shareOf(tenant);
    share.requests += 1;
    shares.set(tenant, share);
    if (!request.raw.complete) {
      share.arriving += 1;
      request[ARRIVING] = share;
    }
    let ownBytes = 0;
    const letGo = () => {
      payload.off('data', count);
      heldBytes -= ownBytes;
      share.bytes -= ownBytes;
      ownBytes = 0;
    };
    function count(chunk: Buffer): void {
      ownBytes += chunk.length;
      heldBytes += chunk.length;
      share.bytes += chunk.length;
      const problem = problemOf(share, 0);
      // A body that has come to its end is held already, and counts until it is answered.
      if (problem === null || request.raw.complete) return;
      letGo();
      // Behind this chunk, which Fastify still takes.
      queueMicrotask(() => payload.listenerCount('error') > 0 && payload.emit('error', problem));
    }
    payload.on('data', count);
    reply.raw.once('close', () => {
      letGo();
      noteArrived(request);
      share.requests -= 1;
      if (share.requests === 0 && shares.get(tenant) === share) shares.delete(tenant);
    });
  }

  function problemOf({ bytes }: Share, moreBytes: number): Error | null {
    if (heldBytes + moreBytes > bounds.heldBodiesMaxBytes) return tooMuchHeld();
    return bytes + moreBytes > bounds.heldBodiesOfTenantMaxBytes ? tooMuchOfTenant() : null;
  }
}
