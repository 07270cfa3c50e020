import { setTimeout as pause } from 'node:timers/promises';
import type { ApiClient } from '../api/api-client.ts';
import { problemError } from '../api/problem.ts';
import { type ServerSentEvent, ServerSentEvents } from '../api/server-sent-events.ts';
import { RECONNECT_DELAY_MAX_MS, RECONNECT_DELAY_MS, SILENCE_MAX_MS } from '../cli.bounds.ts';
import { CliError, EXIT } from '../cli.error.ts';

export interface Followed {
  path: string;
  /** Where an earlier run left off, or null. */
  lastEventId: string | null;
  signal: AbortSignal;
  /** Returns false once nothing more is wanted. */
  onEvent(event: ServerSentEvent, lastEventId: string | null): boolean;
  /** Said once each time a connection was lost. */
  onLost(why: string): void;
}

/** How long a busy service wants to be left alone. */
class BusyError extends Error {
  readonly retryAfterMs: number;

  constructor(message: string, retryAfterMs: number) {
    super(message);
    this.retryAfterMs = retryAfterMs;
  }
}

/**
 * Follows a stream until nothing more is wanted. One that breaks is resumed where it was, and an API that is busy is
 * asked again; a refusal, and an API that is not reached at first, end the run.
 */
export async function follow(client: ApiClient, followed: Followed): Promise<void> {
  const state = new StreamState(followed.lastEventId);
  let failures = 0;
  for (let connections = 0; !followed.signal.aborted; ) {
    const onConnected = () => {
      connections += 1;
      failures = 0;
    };
    let delayMs = 0;
    try {
      if (!(await followOnce(client, followed, state, onConnected))) return;
      followed.onLost('the stream ended');
    } catch (error) {
      if (followed.signal.aborted) return;
      if (isFinal(error, connections > 0)) throw error;
      followed.onLost(error instanceof Error ? error.message : String(error));
      if (error instanceof BusyError) delayMs = error.retryAfterMs;
    }
    delayMs = Math.min(Math.max(delayMs, state.retryMs * 2 ** failures), RECONNECT_DELAY_MAX_MS);
    failures += 1;
    await pause(delayMs, undefined, { signal: followed.signal }).catch(() => undefined);
  }
}

/** A refusal stays one; an API that was never reached may have another address. */
function isFinal(error: unknown, wasConnected: boolean): boolean {
  return error instanceof CliError && (error.exitCode !== EXIT.unreachable || !wasConnected);
}

/** What outlives a connection. */
class StreamState {
  lastEventId: string | null;
  retryMs = RECONNECT_DELAY_MS;

  constructor(lastEventId: string | null) {
    this.lastEventId = lastEventId;
  }
}

async function followOnce(
  client: ApiClient,
  { path, signal, onEvent }: Followed,
  state: StreamState,
  onConnected: () => void,
): Promise<boolean> {
  const silent = new AbortController();
  const timer = setTimeout(() => silent.abort(new Error('nothing came for too long')), SILENCE_MAX_MS);
  try {
    const both = AbortSignal.any([signal, silent.signal]);
    const response = await client.stream({ path, lastEventId: state.lastEventId, signal: both });
    if (!response.ok) throw await refusal(response);
    onConnected();
    const reader = new ServerSentEvents();
    reader.lastEventId = state.lastEventId;
    for await (const piece of response.body ?? []) {
      timer.refresh();
      const events = reader.read(piece);
      for (const event of events) if (!onEvent(event, reader.lastEventId)) return false;
      // Only now: what was read and not shown is read again.
      state.lastEventId = reader.lastEventId;
      state.retryMs = reader.retryMs ?? state.retryMs;
    }
    return true;
  } finally {
    clearTimeout(timer);
  }
}

async function refusal(response: Response): Promise<Error> {
  const problem = problemError(response.status, await response.text());
  const busy = response.status === 429 || response.status === 503;
  const seconds = Number(response.headers.get('retry-after') ?? 1);
  return busy
    ? new BusyError(problem.message, Number.isFinite(seconds) ? seconds * 1_000 : RECONNECT_DELAY_MS)
    : problem;
}
