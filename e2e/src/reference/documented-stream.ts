/** One event of a stream of server-sent events. */
export interface StreamedEvent {
  event: string;
  data: unknown;
}

/** The events of a stream's beginning that are whole; what only carries an id is none. */
export function streamedEvents(text: string): StreamedEvent[] {
  const blocks = text.split('\n\n').slice(0, -1);
  return blocks.flatMap((block) => {
    const data = /^data: (.*)$/m.exec(block)?.[1];
    return data === undefined
      ? []
      : [{ event: /^event: (.*)$/m.exec(block)?.[1] ?? 'message', data: JSON.parse(data) }];
  });
}

/** Reads a stream until an event has come; `happening` begins once the stream is open. */
export async function beginningOf(
  response: Response,
  happening: () => Promise<unknown>,
): Promise<{ status: number; text: string }> {
  const decoder = new TextDecoder();
  let text = '';
  let happened: Promise<unknown> | null = null;
  for await (const piece of response.body ?? []) {
    text += decoder.decode(piece, { stream: true });
    if (text.includes('\n\n')) happened ??= happening();
    if (streamedEvents(text).length > 0) break;
  }
  await happened;
  return { status: response.status, text };
}
