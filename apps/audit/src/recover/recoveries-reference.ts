import { jsonBody, type SomeReferences } from '@hookstile/service-runtime';
import { Type } from 'typebox';
import { exportedList } from '../export/export-reference.js';
import { exactly, type FilterParameters, oneOfThese } from '../read/filter-parameters.js';
import type { RECOVERY_FILTERS } from './recovery.controller.js';
import { RecoveryDto } from './recovery.dto.js';
import { RECOVERY_STATUSES } from './recovery.types.js';
import { RecoveryItem } from './recovery-item.js';

const QUERY: FilterParameters<typeof RECOVERY_FILTERS> = {
  integrationId: exactly('Of this integration.'),
  status: oneOfThese(Type.Enum([...RECOVERY_STATUSES]), 'How it stands.'),
};

const RECOVERY = { name: 'Recovery', schema: RecoveryItem };
const Matched = Type.Object({ matched: Type.Integer({ minimum: 0 }) });

const ASKED = {
  integrationId: 'int_01kxyzabcdefghjkmnpqrstvwx',
  since: '2026-01-02T00:00:00Z',
  until: '2199-01-01T00:00:00Z',
  status: 'all',
};
const ID = 'rcv_01kxyzabcdefghjkmnpqrstvwx';
const STARTED = {
  id: ID,
  integrationId: ASKED.integrationId,
  since: '2026-01-02T00:00:00.000Z',
  until: '2199-01-01T00:00:00.000Z',
  selected: 'all',
  ratePerSecond: 5,
  status: 'running',
  reason: null,
  matched: 5,
  queued: 0,
  expired: 0,
  pending: 0,
  delivered: 0,
  failed: 0,
  discarded: 0,
  startedAt: '2026-01-03T03:04:05.678Z',
  finishedAt: null,
};
const DONE = { ...STARTED, status: 'done', queued: 5, delivered: 5, finishedAt: '2026-01-03T03:04:06.789Z' };

export const RECOVERIES_REFERENCE = {
  'recoveries.create': {
    request: jsonBody(RecoveryDto),
    answers: [
      { status: 202, description: 'They will be sent once more', body: RECOVERY },
      { status: 200, description: 'A dry run: how many it would be', body: { name: 'Matched', schema: Matched } },
    ],
    refusals: ['not_found', 'conflict', 'integration_disabled'],
    examples: {
      'dry-run': { request: { ...ASKED, dryRun: true }, status: 200, answer: { matched: 5 } },
      started: { request: { ...ASKED, ratePerSecond: 5 }, status: 202, answer: STARTED },
    },
  },
  'recoveries.list': {
    ...exportedList(QUERY, 'Recoveries', RecoveryItem),
    examples: {
      'of-an-integration': {
        query: { integrationId: ASKED.integrationId },
        status: 200,
        answer: { items: [DONE], nextCursor: null },
      },
    },
  },
  'recoveries.get': {
    answers: [{ status: 200, description: 'The recovery and how far it is', body: RECOVERY }],
    examples: { done: { path: { id: ID }, status: 200, answer: DONE } },
  },
  'recoveries.stop': {
    answers: [{ status: 204, description: 'Stopped, or left as it was where it did not run any more', body: null }],
    examples: {
      'done-already': { path: { id: ID }, status: 204 },
      missing: {
        path: { id: 'rcv_zzzzzzzzzzzzzzzzzzzzzzzzzz' },
        status: 404,
        answer: {
          type: 'urn:hookstile:problem:not_found',
          title: 'There is no such thing',
          status: 404,
          detail: 'there is no such recovery',
          code: 'not_found',
        },
      },
    },
  },
} satisfies SomeReferences;
