import type { SomeReferences } from '@hookstile/service-runtime';
import { Type } from 'typebox';
import {
  BATCH_MAX_EVENTS,
  ID_MAX_CHARACTERS,
  SOURCE_MAX_CHARACTERS,
  SUBJECT_MAX_CHARACTERS,
  TIME_MAX_CHARACTERS,
  TYPE_MAX_CHARACTERS,
} from './accept.bounds.js';
import { ItemAnswer, TakenEvent } from './events-answer.js';

const id = Type.String({ minLength: 1, maxLength: ID_MAX_CHARACTERS });
const type = Type.String({ minLength: 1, maxLength: TYPE_MAX_CHARACTERS });
const source = Type.String({ minLength: 1, maxLength: SOURCE_MAX_CHARACTERS });
const subject = Type.Union([Type.String({ minLength: 1, maxLength: SUBJECT_MAX_CHARACTERS }), Type.Null()]);
const time = Type.Union([Type.String({ format: 'date-time', maxLength: TIME_MAX_CHARACTERS }), Type.Null()]);
const DATA = 'Any JSON, at most 64 levels deep. Receivers get its bytes as they are here.';

const Event = Type.Object(
  {
    id: Type.Optional(Type.Union([id, Type.Null()], { description: 'By default one is made.' })),
    type,
    subject: Type.Optional(subject),
    time: Type.Optional(time),
    source: Type.Optional(Type.Union([source, Type.Null()], { description: "By default one of the tenant's own." })),
    data: Type.Unknown({ description: DATA }),
  },
  { additionalProperties: false },
);

const EventOrData = Type.Union([
  Event,
  Type.Unknown({
    description: 'With `ce-` headers, which is the binary mode of CloudEvents: the data. Any other JSON type will do.',
  }),
]);

const CloudEvent = Type.Object(
  {
    specversion: Type.Literal('1.0'),
    id,
    source,
    type,
    subject: Type.Optional(subject),
    time: Type.Optional(time),
    datacontenttype: Type.Optional(
      Type.Union([Type.String(), Type.Null()], { description: 'application/json, or another JSON type.' }),
    ),
    data: Type.Optional(Type.Unknown({ description: DATA })),
    data_base64: Type.Optional(
      Type.Union([Type.String(), Type.Null()], { description: 'In place of data: JSON, in base64.' }),
    ),
  },
  {
    additionalProperties: Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()]),
    description: 'Extensions have lower-case letters and digits as their names.',
  },
);

const header = (name: string) => ({
  schema: Type.String(),
  description: `In binary mode: the event's \`${name}\`, as CloudEvents says.`,
});

const TakenEvents = Type.Union([TakenEvent, Type.Object({ items: Type.Array(ItemAnswer) })]);

const INSTALLED = { type: 'device.installed', subject: 'laptop-7', data: { device_id: 'laptop-7', os: 'Windows 11' } };
const COMPLIANT = {
  specversion: '1.0',
  id: 'compliance-1001',
  source: '/compliance',
  type: 'device.compliant',
  subject: 'laptop-7',
  time: '2026-01-02T03:04:05Z',
  data: { device_id: 'laptop-7' },
};
const TOO_LITTLE = { pointer: '/data', code: 'required', detail: '"data" is required.' };

const NO_TEXT = '/data/device_id must be string (string).';

export const EVENTS_REFERENCE = {
  'events.emit': {
    headers: {
      'ce-specversion': header('specversion'),
      'ce-id': header('id'),
      'ce-source': header('source'),
      'ce-type': header('type'),
      'ce-subject': header('subject'),
      'ce-time': header('time'),
    },
    request: {
      content: {
        'application/json': { name: 'EventOrData', schema: EventOrData },
        'application/cloudevents+json': { name: 'CloudEvent', schema: CloudEvent },
        'application/cloudevents-batch+json': {
          name: 'CloudEvents',
          schema: Type.Array(CloudEvent, { maxItems: BATCH_MAX_EVENTS }),
        },
      },
      required: true,
    },
    answers: [
      {
        status: 202,
        description: 'Durable; of a batch, each item that is not refused, in order',
        body: { name: 'TakenEvents', schema: TakenEvents },
      },
    ],
    refusals: ['not_found', 'data_not_json', 'reserved_type'],
    examples: {
      plain: { request: INSTALLED, status: 202, answer: { id: 'evt_01kxyzabcdefghjkmnpqrstvwx' } },
      structured: {
        mediaType: 'application/cloudevents+json',
        request: COMPLIANT,
        status: 202,
        answer: { id: 'compliance-1001' },
      },
      batch: {
        mediaType: 'application/cloudevents-batch+json',
        request: [
          { ...COMPLIANT, id: 'compliance-1002', tenantregion: 'eu' },
          { specversion: '1.0', id: 'compliance-1003', source: '/compliance', type: 'device.compliant' },
        ],
        status: 202,
        answer: { items: [{ id: 'compliance-1002' }, { error: { ...TOO_LITTLE, code: 'invalid' } }] },
      },
      binary: {
        headers: {
          'ce-specversion': '1.0',
          'ce-id': 'compliance-1004',
          'ce-source': '/compliance',
          'ce-type': 'device.non_compliant',
          'ce-subject': 'laptop-7',
          'ce-time': '2026-01-02T03:04:06Z',
        },
        request: { device_id: 'laptop-7' },
        status: 202,
        answer: { id: 'compliance-1004' },
      },
      'again-within-a-day': {
        mediaType: 'application/cloudevents+json',
        request: COMPLIANT,
        status: 202,
        answer: { id: 'compliance-1001' },
      },
      invalid: {
        request: { subject: 'laptop-7', kind: 'device.installed' },
        status: 422,
        answer: {
          type: 'urn:hookstile:problem:invalid',
          title: 'The input is not valid',
          status: 422,
          detail: '"type" is required. "kind" is not a member of an event. "data" is required.',
          code: 'invalid',
          errors: [
            { pointer: '/type', code: 'required', detail: '"type" is required.' },
            { pointer: '/kind', code: 'unknown_member', detail: '"kind" is not a member of an event.' },
            TOO_LITTLE,
          ],
        },
      },
      mismatch: {
        request: { type: 'agent.create', data: { device_id: 17 } },
        status: 422,
        answer: {
          type: 'urn:hookstile:problem:invalid',
          title: 'The input is not valid',
          status: 422,
          detail: `The data does not match the schema of its type: ${NO_TEXT}`,
          code: 'invalid',
          errors: [{ pointer: '/data/device_id', code: 'schema_mismatch', detail: NO_TEXT }],
        },
      },
      reserved: {
        request: { type: 'hookstile.integration.failing', data: {} },
        status: 422,
        answer: {
          type: 'urn:hookstile:problem:reserved_type',
          title: 'The type is reserved',
          status: 422,
          detail: 'Types that begin with "hookstile." are kept for what Hookstile itself tells.',
          code: 'reserved_type',
          errors: [
            {
              pointer: '/type',
              code: 'reserved_type',
              detail: 'Types that begin with "hookstile." are kept for what Hookstile itself tells.',
            },
          ],
        },
      },
    },
  },
} satisfies SomeReferences;
