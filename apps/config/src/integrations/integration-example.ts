/** What a user gives of the integration of the API reference, as it reads back with every default spelled out. */
export const SIEM_DOCUMENT = {
  name: 'SIEM',
  profile: 'standard-webhooks',
  url: 'https://example.com/hook',
  enabled: true,
  eventTypes: ['*'],
  filter: [],
  request: {
    method: 'POST',
    headers: {},
    auth: { type: 'none' },
    body: { rename: {}, omit: [], format: 'standard' },
    sign: {
      scheme: 'standard-webhooks',
      algorithm: 'hmac-sha256',
      secret: { set: true, lastFour: 'Q9l8', updatedAt: '2026-01-02T03:04:05.678Z' },
    },
    timeoutMs: 15000,
    tls: { verify: true },
  },
  ordering: { mode: 'strict' },
  batch: { maxItems: 1, maxWaitMs: 0 },
  retry: {
    stopOn: [],
    delaysMs: [5000, 300000, 1800000, 7200000, 18000000, 36000000, 50400000, 72000000, 86400000],
    disableOn: [410],
    onExhausted: 'continue',
    retryAfterMaxMs: 3600000,
  },
  disableAfter: 100,
  disableAfterMs: 432000000,
  rateLimit: null,
  logPayloads: 'full',
};

export const SIEM = {
  id: 'int_01kxyza0123456789abcdefghj',
  tenantId: 'acme',
  ...SIEM_DOCUMENT,
  version: 1,
  profileVersion: 1,
  state: 'enabled',
  disabledReason: null,
  disabledNote: null,
  consecutiveFailures: 0,
  createdAt: '2026-01-02T03:04:05.678Z',
  updatedAt: '2026-01-02T03:04:05.678Z',
};
