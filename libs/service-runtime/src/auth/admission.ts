import { timingSafeEqual } from 'node:crypto';
import { Inject, Injectable, type Type } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { FastifyReply } from 'fastify';
import { timesGiven } from '../http/raw-headers.js';
import { ProblemError } from '../problems/problem.error.js';
import { REQUEST_LIMITS, type RequestLimits } from '../rate-limit/request-limits.js';
import { type AuthenticatedRequest, type Conditions, PRINCIPAL } from './access.js';
import type { HeadCheck } from './head-check.js';
import type { Access } from './operations/operation.js';
import { type FoundKey, KEY_DIRECTORY, type KeyDirectory, keyDigest, type Principal } from './principal.js';

const BEARER = /^Bearer +([\x21-\x7e]{1,256})$/i;
const TENANT_HEADER = 'hookstile-tenant';
const TENANT_ID = /^[\x21-\x7e]{1,255}$/;

/** The platform key's SHA-256, or null where none is set; the key itself is not kept. */
export const PLATFORM_KEY_DIGEST = Symbol('PlatformKeyDigest');

function unauthorized(): ProblemError {
  return new ProblemError('unauthorized', 'a valid key is needed: Authorization: Bearer <key>');
}

/**
 * Node keeps the first of several headers, and what stands in front of us may have looked at another one: two are
 * refused, whatever they hold (RFC 6750, 3.1).
 */
export function bearerKeyOf(request: AuthenticatedRequest): string | null {
  if (timesGiven(request.raw.rawHeaders, 'authorization') > 1) {
    throw new ProblemError('malformed', 'the header Authorization must be there once');
  }
  return BEARER.exec(request.headers.authorization ?? '')?.[1] ?? null;
}

function headerTenantOf(request: AuthenticatedRequest): string | null {
  const header = request.headers[TENANT_HEADER];
  if (header === undefined) return null;
  if (typeof header !== 'string' || !TENANT_ID.test(header)) {
    throw new ProblemError('malformed', 'the header Hookstile-Tenant must hold one tenant id');
  }
  return header;
}

/** Refuses what the operation's access does not allow this principal. */
export function checkAccess(access: Access, principal: Principal): void {
  if (access.kind === 'platform') {
    if (principal.type === 'platform') return;
    throw new ProblemError('forbidden', 'only the platform key may do this');
  }
  if (principal.role === 'platform') {
    if (principal.tenantId !== null || !access.needsTenant) return;
    throw new ProblemError('tenant_required', 'the platform key needs the header Hookstile-Tenant on this route');
  }
  if (!access.roles.includes(principal.role)) {
    throw new ProblemError('forbidden', `the role ${principal.role} may not do this`);
  }
}

/**
 * Says who makes a request, and refuses whom its route does not admit. It looks at the headers alone: nothing of a body
 * is read for somebody who may not send one.
 */
@Injectable()
export class Admission {
  private directory: KeyDirectory | undefined;
  private readonly headChecks = new Map<Type<HeadCheck>, HeadCheck>();

  constructor(
    @Inject(PLATFORM_KEY_DIGEST) private readonly platformKeyDigest: Buffer | null,
    @Inject(REQUEST_LIMITS) private readonly limits: RequestLimits,
    @Inject(ModuleRef) private readonly moduleRef: ModuleRef,
  ) {}

  /** Leaves the principal on the request, or rejects with the problem. */
  async admit(request: AuthenticatedRequest, reply: FastifyReply, { access, headCheck }: Conditions): Promise<void> {
    const key = bearerKeyOf(request);
    if (key === null) throw unauthorized();
    const digest = keyDigest(key);
    const principal = this.isPlatformKey(digest)
      ? this.platform(request)
      : await this.tenantKey(digest, request, reply);
    checkAccess(access, principal);
    if (headCheck) this.headCheckOf(headCheck).checkHead(principal, request, reply);
    request[PRINCIPAL] = principal;
  }

  /** Digests are compared in constant time, and their equal length tells nothing of the key's. */
  private isPlatformKey(digest: Buffer): boolean {
    return this.platformKeyDigest !== null && timingSafeEqual(digest, this.platformKeyDigest);
  }

  private platform(request: AuthenticatedRequest): Principal {
    return { type: 'platform', tenantId: headerTenantOf(request), role: 'platform', keyId: null, keyName: null };
  }

  private async tenantKey(digest: Buffer, request: AuthenticatedRequest, reply: FastifyReply): Promise<Principal> {
    const found = await this.knownKey(digest.toString('hex'), request);
    this.limits.countRequest(found.keyId, (name, value) => reply.header(name, value));
    const headerTenant = headerTenantOf(request);
    if (headerTenant !== null && headerTenant !== found.tenantId) {
      throw new ProblemError('forbidden', 'the key belongs to another tenant');
    }
    return { type: 'api_key', tenantId: found.tenantId, role: found.role, keyId: found.keyId, keyName: found.name };
  }

  /** The address is the connection's own: a header that names another one could be anybody's. */
  private async knownKey(hash: string, { raw }: AuthenticatedRequest): Promise<FoundKey> {
    const address = raw.socket.remoteAddress ?? '';
    this.limits.refuseGuesses(address, hash);
    const found = await this.keyDirectory().find(hash);
    if (found) {
      this.limits.noteValidKey(hash);
      return found;
    }
    this.limits.countUnknownKey(address, hash);
    throw unauthorized();
  }

  private headCheckOf(type: Type<HeadCheck>): HeadCheck {
    const known = this.headChecks.get(type);
    if (known) return known;
    const provided = this.moduleRef.get(type, { strict: false });
    this.headChecks.set(type, provided);
    return provided;
  }

  /** Looked up late and anywhere, because it is the app that provides the directory. */
  private keyDirectory(): KeyDirectory {
    this.directory ??= this.moduleRef.get<KeyDirectory>(KEY_DIRECTORY, { strict: false });
    return this.directory;
  }
}
