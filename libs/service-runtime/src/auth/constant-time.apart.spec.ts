import type { ModuleRef } from '@nestjs/core';
import type { FastifyReply } from 'fastify';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { RequestLimits } from '../rate-limit/request-limits.js';
import type { AuthenticatedRequest } from './access.js';
import { Admission } from './admission.js';
import { ANY_KEY } from './operations/operation.js';
import { hashKey, keyDigest } from './principal.js';

const compared = vi.hoisted(() => [] as [Uint8Array, Uint8Array][]);

vi.mock('node:crypto', async (original) => {
  const crypto = await original<typeof import('node:crypto')>();
  const timingSafeEqual = (a: Uint8Array, b: Uint8Array) => {
    compared.push([a, b]);
    return crypto.timingSafeEqual(a, b);
  };
  return { ...crypto, timingSafeEqual };
});

const PLATFORM_KEY = 'the-platform-key-of-a-test';
const TENANT_KEY = `hk_${'1'.repeat(48)}`;
const NO_LIMITS = {
  HOOKSTILE_RATE_LIMIT_REQUESTS: 0,
  HOOKSTILE_RATE_LIMIT_WINDOW_S: 60,
  HOOKSTILE_AUTH_FAILURES_MAX: 0,
};
const DIGEST_BYTES = 32;

/** What the directory was asked for. */
let asked: string[];

const directory = {
  find: async (hash: string) => {
    asked.push(hash);
    const found = { tenantId: 'ten_1', role: 'viewer', keyId: 'key_1', name: 'n' } as const;
    return hash === hashKey(TENANT_KEY) ? found : null;
  },
};

async function isAdmitted(key: string): Promise<boolean> {
  const limits = new RequestLimits(NO_LIMITS, { monotonicMs: () => 0 });
  const admission = new Admission(keyDigest(PLATFORM_KEY), limits, { get: () => directory } as unknown as ModuleRef);
  const authorization = `Bearer ${key}`;
  const raw = { rawHeaders: ['Authorization', authorization], socket: {} };
  const request = { raw, headers: { authorization } } as unknown as AuthenticatedRequest;
  return admission.admit(request, {} as FastifyReply, { access: ANY_KEY }).then(
    () => true,
    () => false,
  );
}

beforeEach(() => {
  compared.length = 0;
  asked = [];
});

describe('a key that is given', () => {
  it.each([
    ["the platform's", PLATFORM_KEY, true],
    ["the platform's but for its first character", `x${PLATFORM_KEY.slice(1)}`, false],
    ["the platform's but for its last character", `${PLATFORM_KEY.slice(0, -1)}x`, false],
    ['a part of it', PLATFORM_KEY.slice(0, 4), false],
    ['more than it', `${PLATFORM_KEY}x`, false],
    ["a tenant's", TENANT_KEY, true],
    ["nobody's", `hk_${'2'.repeat(48)}`, false],
  ])('is compared once, by whole digests in constant time: %s', async (_name, key, admitted) => {
    expect(await isAdmitted(key)).toBe(admitted);
    expect(compared).toEqual([[keyDigest(key), keyDigest(PLATFORM_KEY)]]);
    expect(compared.flat().map(({ length }) => length)).toEqual([DIGEST_BYTES, DIGEST_BYTES]);
  });

  it('is looked up by its digest alone, of which a caller cannot choose a beginning', async () => {
    const near = `${TENANT_KEY.slice(0, -1)}2`;
    await isAdmitted(TENANT_KEY);
    await isAdmitted(near);
    expect(asked).toEqual([hashKey(TENANT_KEY), hashKey(near)]);
    expect(hashKey(near).slice(0, 8)).not.toBe(hashKey(TENANT_KEY).slice(0, 8));
  });
});
