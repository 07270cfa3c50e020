import type { OperationReference, OperationsByService } from '@hookstile/service-runtime';
import { DECISIONS_REFERENCE } from './decisions/decisions-reference.js';
import { LANES_REFERENCE } from './lanes/lanes-reference.js';
import { TRIALS_REFERENCE } from './trials/trials-reference.js';

/** What the API reference says of the dispatcher's operations. */
export const DISPATCHER_REFERENCE: Record<OperationsByService['dispatcher'], OperationReference> = {
  ...LANES_REFERENCE,
  ...TRIALS_REFERENCE,
  ...DECISIONS_REFERENCE,
};
