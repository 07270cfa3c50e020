import { TOPIC_NAMES } from '@hookstile/contracts';
import { Ajv } from 'ajv';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { asyncApi } from './asyncapi.ts';

interface Message {
  payload: object;
  headers?: object;
}

interface Document {
  channels: Record<string, { address: string; messages: Record<string, Message> }>;
  operations: Record<string, { action: string; channel: { $ref: string }; bindings?: unknown }>;
}

const text = asyncApi('1.2.3');
const document = parse(text) as Document;
/** AsyncAPI's own schemas are of draft 7. */
const ajv = new Ajv({ strict: false, allErrors: true, formats: { 'date-time': true } });

const object = (properties: object, required: readonly string[] = Object.keys(properties)) => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});
const map = (values: object) => ({ type: 'object', minProperties: 1, additionalProperties: values });
const string = { type: 'string', minLength: 1 };
const kafka = (properties: object) => object({ kafka: object({ ...properties, bindingVersion: { const: '0.5.0' } }) });
const schema = { type: 'object' };

/** What of AsyncAPI 3.0, and of its Kafka bindings 0.5.0, the document makes use of; anything else is a mistake. */
const ASYNCAPI = object({
  asyncapi: { const: '3.0.0' },
  info: object({ title: string, version: string, description: string }),
  defaultContentType: string,
  channels: map(
    object({
      address: string,
      description: string,
      messages: map(
        object(
          { summary: string, contentType: string, headers: schema, payload: schema, bindings: kafka({ key: schema }) },
          ['summary', 'contentType', 'payload', 'bindings'],
        ),
      ),
      bindings: kafka({
        topic: string,
        partitions: { type: 'integer', minimum: 1 },
        replicas: { type: 'integer', minimum: 1 },
        topicConfiguration: {
          type: 'object',
          required: ['cleanup.policy', 'compression.type', 'min.insync.replicas'],
          properties: {
            'cleanup.policy': { type: 'array', items: { enum: ['delete', 'compact'] }, minItems: 1 },
            'retention.ms': { type: 'integer', minimum: -1 },
            'delete.retention.ms': { type: 'integer', minimum: 0 },
            'min.insync.replicas': { type: 'integer', minimum: 1 },
            'max.compaction.lag.ms': { type: 'integer', minimum: 1 },
            'compression.type': { const: 'producer' },
          },
          additionalProperties: false,
        },
      }),
    }),
  ),
  operations: map(
    object(
      {
        action: { enum: ['send', 'receive'] },
        channel: object({ $ref: { type: 'string', pattern: '^#/channels/' } }),
        summary: string,
        bindings: kafka({ groupId: object({ type: { const: 'string' }, const: string }) }),
      },
      ['action', 'channel', 'summary'],
    ),
  ),
});

it('is a document of AsyncAPI 3 with Kafka bindings', () => {
  ajv.validate(ASYNCAPI, document);
  expect(ajv.errors ?? []).toEqual([]);
});

it('has a channel for each topic, and each is written and read', () => {
  expect(Object.keys(document.channels).sort()).toEqual([...TOPIC_NAMES].sort());
  for (const topic of TOPIC_NAMES) {
    const actions = Object.values(document.operations).filter(({ channel }) => channel.$ref === `#/channels/${topic}`);
    expect(new Set(actions.map(({ action }) => action)), topic).toEqual(new Set(['send', 'receive']));
  }
});

it('describes headers and payloads by schemas that compile', () => {
  for (const { messages } of Object.values(document.channels)) {
    for (const { headers = {}, payload } of Object.values(messages)) {
      for (const described of [headers, payload]) expect(() => ajv.compile(described)).not.toThrow();
    }
  }
});

it('describes the events that producers write', () => {
  const { CloudEventBinary: binary, CloudEventStructured: structured } = document.channels.events?.messages ?? {};
  const event = { specversion: '1.0', id: 'e', source: '/s', type: 't', tenantid: 'ten_1' };
  const headers = Object.fromEntries(Object.entries(event).map(([name, value]) => [`ce_${name}`, value]));
  expect(ajv.validate(binary?.headers ?? false, { ...headers, ce_more: 'x' })).toBe(true);
  expect(ajv.validate(binary?.headers ?? false, { ...headers, ce_tenantid: '' })).toBe(false);
  expect(ajv.validate(structured?.payload ?? false, { ...event, data: [1] })).toBe(true);
  expect(ajv.validate(structured?.payload ?? false, { ...event, specversion: '0.3' })).toBe(false);
});
