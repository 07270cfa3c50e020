import { ProblemError } from '@hookstile/service-runtime';
import type { Kind } from '../read-models/read-model.store.js';

const NOUNS: Readonly<Record<Kind, string>> = {
  tenant: 'tenant',
  'api-key': 'API key',
  'event-type': 'event type',
  integration: 'integration',
  'decision-rule': 'decision rule',
};

/** What is said of a thing that does not exist, and of one that another tenant has. */
export function noSuch(kind: Kind): ProblemError {
  return new ProblemError('not_found', `There is no such ${NOUNS[kind]}.`);
}
