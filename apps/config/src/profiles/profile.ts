/** What a profile fills in where a user gives nothing. */
export interface Profile {
  name: string;
  title: string;
  description: string;
  settings: {
    eventTypes: string[];
    request: {
      method: 'POST';
      headers: Record<string, never>;
      auth: { type: 'none' };
      body: { format: 'standard' };
      sign: { scheme: 'standard-webhooks'; algorithm: 'hmac-sha256' };
      timeoutMs: number;
      tls: { verify: true };
    };
    ordering: { mode: 'strict' };
    batch: { maxItems: 1; maxWaitMs: 0 };
    retry: {
      delaysMs: number[];
      onExhausted: 'continue';
      stopOn: number[];
      disableOn: number[];
      retryAfterMaxMs: number;
    };
    disableAfter: number;
    disableAfterMs: number;
    rateLimit: null;
    logPayloads: 'full';
  };
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const GONE = 410;

/** The delays that the Standard Webhooks specification suggests, and the rest of the defaults. */
export const STANDARD_WEBHOOKS: Profile = {
  name: 'standard-webhooks',
  title: 'Standard Webhooks',
  description: 'Body {"type", "timestamp", "data"}, signed as the Standard Webhooks specification says. The default.',
  settings: {
    eventTypes: ['*'],
    request: {
      method: 'POST',
      headers: {},
      auth: { type: 'none' },
      body: { format: 'standard' },
      sign: { scheme: 'standard-webhooks', algorithm: 'hmac-sha256' },
      timeoutMs: 15 * SECOND_MS,
      tls: { verify: true },
    },
    ordering: { mode: 'strict' },
    batch: { maxItems: 1, maxWaitMs: 0 },
    retry: {
      delaysMs: [
        5 * SECOND_MS,
        5 * MINUTE_MS,
        30 * MINUTE_MS,
        2 * HOUR_MS,
        5 * HOUR_MS,
        10 * HOUR_MS,
        14 * HOUR_MS,
        20 * HOUR_MS,
        24 * HOUR_MS,
      ],
      onExhausted: 'continue',
      stopOn: [],
      disableOn: [GONE],
      retryAfterMaxMs: HOUR_MS,
    },
    disableAfter: 100,
    disableAfterMs: 5 * DAY_MS,
    rateLimit: null,
    logPayloads: 'full',
  },
};

export const PROFILES: readonly Profile[] = [STANDARD_WEBHOOKS];

export function profileNamed(name: string): Profile | undefined {
  return PROFILES.find((profile) => profile.name === name);
}
