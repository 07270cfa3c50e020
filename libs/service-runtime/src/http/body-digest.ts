import { hash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';

export const IDEMPOTENCY_KEY_HEADER = 'idempotency-key';

const BODY_DIGEST = Symbol('BodyDigest');
const EMPTY = digestOf(Buffer.alloc(0));

interface DigestedRequest extends FastifyRequest {
  [BODY_DIGEST]?: string;
}

function digestOf(body: Buffer): string {
  return hash('sha256', body, 'hex');
}

/** Keeps what tells a body from another one, byte for byte, where somebody will ask: the bytes themselves are not kept. */
export function keepBodyDigest(request: DigestedRequest, body: Buffer): void {
  if (request.headers[IDEMPOTENCY_KEY_HEADER] !== undefined) request[BODY_DIGEST] = digestOf(body);
}

/** SHA-256 (hex) of the body of a request that has an Idempotency-Key; without a body, of nothing. */
export function bodyDigestOf(request: DigestedRequest): string {
  return request[BODY_DIGEST] ?? EMPTY;
}
