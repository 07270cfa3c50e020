import { jsonBody, mergePatchBody, optionalJsonBody, pageOf, type SomeReferences } from '@hookstile/service-runtime';
import { DisableDto, EnableDto, IntegrationDto, RotateSecretDto } from './integration.dto.js';
import { SIEM } from './integration-example.js';
import { HistoryEntry } from './integration-history.js';
import { ChangedIntegration, CreatedIntegration, IntegrationView, RotatedSecret } from './integration-view.js';

const INTEGRATION = { name: 'Integration', schema: IntegrationView };
const PATH = { id: SIEM.id };
const LIMITED = { ...SIEM, ...{ rateLimit: { perSecond: 50 }, version: 2 } };

export const INTEGRATIONS_REFERENCE = {
  'integrations.create': {
    request: jsonBody(IntegrationDto),
    answers: [
      {
        status: 201,
        description: 'The integration, with its signing secret this once',
        body: { name: 'CreatedIntegration', schema: CreatedIntegration },
        headers: ['ETag', 'Location'],
      },
    ],
    refusals: ['plan_required', 'endpoint_exists', 'configuration_full'],
    examples: {
      minimal: {
        request: { name: 'SIEM', url: 'https://example.com/hook' },
        status: 201,
        answer: { ...SIEM, signingSecret: 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD' },
      },
      refused: {
        request: { name: 'SIEM' },
        status: 422,
        answer: {
          type: 'urn:hookstile:problem:invalid',
          title: 'The input is not valid',
          status: 422,
          detail: '/url: url is required: url must be a string',
          code: 'invalid',
          errors: [{ pointer: '/url', code: 'required', detail: 'url is required: url must be a string' }],
        },
      },
    },
  },
  'integrations.list': {
    isPaged: true,
    answers: [{ status: 200, description: 'A page', body: { name: 'Integrations', schema: pageOf(IntegrationView) } }],
    examples: { first: { query: { limit: '1' }, status: 200, answer: { items: [SIEM], nextCursor: null } } },
  },
  'integrations.get': {
    answers: [{ status: 200, description: 'The integration', body: INTEGRATION, headers: ['ETag'] }],
    examples: { found: { path: PATH, status: 200, answer: SIEM } },
  },
  'integrations.update': {
    ifMatch: 'needed',
    request: mergePatchBody(IntegrationDto),
    answers: [
      {
        status: 200,
        description: 'The integration as it is now, with its signing secret where that is new',
        body: { name: 'ChangedIntegration', schema: ChangedIntegration },
        headers: ['ETag'],
      },
    ],
    refusals: ['plan_required', 'endpoint_exists', 'configuration_full'],
    examples: {
      rate: {
        path: PATH,
        headers: { 'if-match': '"1"' },
        request: { rateLimit: { perSecond: 50 } },
        status: 200,
        answer: LIMITED,
      },
      changedMeanwhile: {
        path: PATH,
        headers: { 'if-match': '"1"' },
        request: { rateLimit: null },
        status: 412,
        answer: {
          type: 'urn:hookstile:problem:version_mismatch',
          title: 'Somebody else changed it',
          status: 412,
          detail: 'It was changed since it was read; read it again.',
          code: 'version_mismatch',
        },
      },
    },
  },
  'integrations.delete': {
    ifMatch: 'needed',
    answers: [{ status: 204, description: 'It is deleted; what waits for it ends as discarded', body: null }],
    examples: { deleted: { path: PATH, headers: { 'if-match': '*' }, status: 204 } },
  },
  'integrations.enable': {
    request: optionalJsonBody(EnableDto),
    answers: [{ status: 200, description: 'The integration as it is now', body: INTEGRATION, headers: ['ETag'] }],
    refusals: ['plan_required'],
    examples: {
      deliver: {
        path: PATH,
        request: { backlog: 'deliver' },
        status: 200,
        answer: { ...SIEM, ...{ rateLimit: { perSecond: 50 }, version: 4 } },
      },
    },
  },
  'integrations.disable': {
    request: optionalJsonBody(DisableDto),
    answers: [{ status: 200, description: 'The integration as it is now', body: INTEGRATION, headers: ['ETag'] }],
    examples: {
      maintenance: {
        path: PATH,
        request: { reason: 'maintenance' },
        status: 200,
        answer: {
          ...SIEM,
          ...{
            enabled: false,
            rateLimit: { perSecond: 50 },
            version: 3,
            state: 'disabled',
            disabledReason: 'admin',
            disabledNote: 'maintenance',
          },
        },
      },
    },
  },
  'integrations.history': {
    isPaged: true,
    answers: [{ status: 200, description: 'A page', body: { name: 'History', schema: pageOf(HistoryEntry) } }],
    examples: {
      newest: {
        path: PATH,
        query: { limit: '2' },
        status: 200,
        answer: {
          items: [
            {
              id: 'aud_0000000000000008',
              version: 5,
              type: 'IntegrationSecretRotated',
              action: 'integration.secret_rotated',
              at: '2026-01-02T03:04:05.678Z',
              actor: { id: null, name: null, role: null, type: 'platform' },
              requestId: 'req_01kxyza0123456789abcdefghj',
              changes: [
                {
                  pointer: '/request/sign/secret',
                  from: { set: true, lastFour: 'Q9l8', updatedAt: '2026-01-02T03:04:05.678Z' },
                  to: { set: true, lastFour: 'Q9l8', updatedAt: '2026-01-02T03:04:05.678Z' },
                },
                {
                  pointer: '/request/sign/previous',
                  from: null,
                  to: {
                    secret: { set: true, lastFour: 'Q9l8', updatedAt: '2026-01-02T03:04:05.678Z' },
                    until: '2026-01-02T03:04:05.678Z',
                  },
                },
              ],
            },
            {
              id: 'aud_0000000000000007',
              version: 4,
              type: 'IntegrationEnabled',
              action: 'integration.enabled',
              at: '2026-01-02T03:04:05.678Z',
              actor: { id: null, name: null, role: null, type: 'platform' },
              requestId: 'req_01kxyzb0123456789abcdefghj',
              backlog: 'deliver',
              changes: [
                { pointer: '/enabled', from: false, to: true },
                { pointer: '/disabledReason', from: 'admin', to: null },
                { pointer: '/disabledNote', from: 'maintenance', to: null },
              ],
            },
          ],
          nextCursor: 'NA',
        },
      },
    },
  },
  'integrations.rotate-secret': {
    request: optionalJsonBody(RotateSecretDto),
    answers: [
      {
        status: 200,
        description: 'The new secret',
        body: { name: 'RotatedSecret', schema: RotatedSecret },
        headers: ['ETag'],
      },
    ],
    refusals: ['not_signed'],
    examples: {
      overlap: {
        path: PATH,
        request: { overlapSeconds: 3600 },
        status: 200,
        answer: {
          signingSecret: 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD',
          publicKey: null,
          previousUntil: '2026-01-02T03:04:05.678Z',
        },
      },
    },
  },
} satisfies SomeReferences;
