import { type Receiver, until } from '@hookstile/testing';
import { expect } from 'vitest';
import { Api } from '../api.js';
import type { Stack } from '../stack.js';
import type { AnswerCheck } from './answer-check.js';
import type { DocumentedExample } from './documented-example.js';
import { exportedItems } from './documented-export.js';
import { beginningOf, streamedEvents } from './documented-stream.js';
import { differences, type Ids, replaced } from './same-form.js';

/** What the examples send to. */
const EXAMPLE_URL = 'https://example.com';
const STREAM_REF = '#/components/schemas/AttemptStream';
/** What the events of a stream carry is an item of this list. */
const STREAMED_REF = '#/components/schemas/Attempts/properties/items/items';
/** Views lag by seconds where a machine is busy. */
const READ_TIMEOUT_MS = 20_000;
const READ_INTERVAL_MS = 100;

/** Makes the requests of examples for one tenant, and compares their answers with the reference. */
export class Player {
  readonly ids: Ids;

  constructor(
    private readonly stack: Stack,
    private readonly check: AnswerCheck,
    receiver: Receiver,
  ) {
    this.ids = new Map([[EXAMPLE_URL, receiver.url]]);
  }

  /** What reads is read again until it shows what was done before: views lag. */
  play(example: DocumentedExample, tenantId: string): Promise<void> {
    return example.method === 'GET' ? this.repeat(example, tenantId) : this.once(example, tenantId);
  }

  /** Makes the request again until it is answered as documented. */
  async repeat(example: DocumentedExample, tenantId: string): Promise<void> {
    const once = () => this.once(example, tenantId).then(() => true);
    const what = `the answer of ${example.name}`;
    await until(once, { timeoutMs: READ_TIMEOUT_MS, intervalMs: READ_INTERVAL_MS, what });
  }

  isStream({ answer }: DocumentedExample): boolean {
    return answer?.schema === STREAM_REF;
  }

  async follow(example: DocumentedExample, tenantId: string, happening: () => Promise<unknown>): Promise<void> {
    const { baseUrl, adminKey } = this.stack.run;
    const response = await fetch(`${baseUrl}${replaced(example.path, this.ids)}`, {
      headers: { authorization: `Bearer ${adminKey}`, 'hookstile-tenant': tenantId, ...example.headers },
      signal: AbortSignal.timeout(READ_TIMEOUT_MS),
    });
    const { status, text } = await beginningOf(response, happening);
    const events = streamedEvents(text);
    expect(status, text).toBe(example.status);
    expect(events.flatMap(({ data }) => this.check.problems(STREAMED_REF, data))).toEqual([]);
    expect(differences(streamedEvents(String(example.answer?.value)), events, this.ids)).toEqual([]);
  }

  private async once({ method, path, headers, body, status, answer }: DocumentedExample, tenantId: string) {
    const { baseUrl, adminKey } = this.stack.run;
    const api = new Api(baseUrl, adminKey, path.startsWith('/v1/tenants') ? undefined : tenantId);
    const text = body === undefined ? {} : { body: replaced(JSON.stringify(body), this.ids) };
    const given = await api.send<unknown>(method, replaced(path, this.ids), { headers, ...text });
    expect(given.status, JSON.stringify(given.body)).toBe(status);
    if (answer === null) return expect(given.body).toBeNull();
    expect(this.check.problems(answer.schema, given.body)).toEqual([]);
    const promised = exportedItems(answer.schema, answer.value) ?? answer.value;
    const came = exportedItems(answer.schema, given.body) ?? given.body;
    // An answer that is not yet the right one teaches no ids.
    const learnt: Ids = new Map(this.ids);
    expect(differences(promised, came, learnt)).toEqual([]);
    for (const [id, actual] of learnt) this.ids.set(id, actual);
  }
}
