import { until } from '@hookstile/testing';

const BEGIN_TIMEOUT_MS = 20_000;

export interface FollowedStream {
  /** All that has come. */
  text(): string;
  /** The id of the last message that had one. */
  lastId(): string;
  close(): void;
}

/** Follows server-sent events; resolves once the stream has begun. */
export async function followStream(url: string, headers: Record<string, string>): Promise<FollowedStream> {
  const given = new AbortController();
  const response = await fetch(url, { headers, signal: given.signal });
  if (response.status !== 200) throw new Error(`${url} answered ${response.status}`);
  let text = '';
  const read = async () => {
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) text += decoder.decode(chunk, { stream: true });
  };
  read().catch((error: unknown) => {
    if (!given.signal.aborted) text += `\nbroken: ${String(error)}`;
  });
  await until(() => text !== '' || null, { what: 'the stream to begin', timeoutMs: BEGIN_TIMEOUT_MS });
  return {
    text: () => text,
    lastId: () => [...text.matchAll(/^id: ?(.+)$/gm)].at(-1)?.[1] ?? '',
    close: () => given.abort(),
  };
}
