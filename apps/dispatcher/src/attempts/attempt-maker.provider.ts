import {
  type BaseEnv,
  CLOCK,
  type Clock,
  ENV,
  KEY_RING,
  type KeyRing,
  LOGGER,
  type Logger,
  metrics,
  tracing,
} from '@hookstile/service-runtime';
import type { FactoryProvider } from '@nestjs/common';
import { productVersion } from '../request/product-version.js';
import { ATTEMPT_MAKER, type AttemptMaker } from './attempt.types.js';
import { createAttemptMaker } from './attempt-maker.js';

/** Whoever drains the lanes calls `close()` afterwards. */
export const attemptMakerProvider: FactoryProvider<AttemptMaker> = {
  provide: ATTEMPT_MAKER,
  inject: [ENV, KEY_RING, CLOCK, LOGGER],
  useFactory: (env: BaseEnv, secrets: KeyRing, clock: Clock, logger: Logger) =>
    createAttemptMaker({
      secrets,
      egressAllow: env.HOOKSTILE_EGRESS_ALLOW,
      version: productVersion(),
      tracing,
      metrics,
      clock,
      onUnexpected: (error, attemptId) => logger.error({ err: error, attemptId }, 'an attempt failed inside Hookstile'),
    }),
};
