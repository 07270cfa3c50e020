import { AttemptError, Trigger } from '@hookstile/contracts';
import { type Static, Type } from 'typebox';
import { Nullable, Time } from '../reference/schemas.js';

const Headers = Type.Record(Type.String(), Type.String());
const Truncated = Type.Boolean({ description: 'What is shown is not the whole body.' });

/** Where payloads are not logged, both are null. */
const body = {
  body: Nullable(Type.String()),
  bodyEncoding: Nullable(Type.Union([Type.Literal('utf8'), Type.Literal('base64')])),
};

const request = { method: Type.String(), url: Type.String(), headers: Headers, truncated: Truncated };
const response = { headers: Headers, truncated: Truncated };

const attempt = {
  id: Type.String(),
  at: Time,
  integrationId: Type.String(),
  deliveryId: Type.String({ description: 'Of a push of several deliveries, the first.' }),
  deliveryIds: Type.Array(Type.String()),
  eventId: Type.String(),
  eventSource: Type.String(),
  eventType: Type.String(),
  attempt: Type.Integer({ minimum: 1 }),
  trigger: Trigger,
  outcome: Type.Union([Type.Literal('succeeded'), Type.Literal('failed')]),
  httpStatus: Nullable(Type.Integer()),
  error: Nullable(AttemptError),
  errorDetail: Nullable(Type.String({ description: 'The failure in words.' })),
  durationMs: Type.Number({ minimum: 0 }),
  nextAttemptAt: Nullable(Time),
  traceId: Nullable(Type.String()),
  late: Type.Boolean({
    description: 'Made by a dispatcher that had lost the integration already: shown, not counted.',
  }),
};

/** An attempt as lists and streams show it. */
export const AttemptView = Type.Object({
  ...attempt,
  request: Type.Object(request),
  response: Nullable(Type.Object(response)),
});
export type AttemptView = Static<typeof AttemptView>;

/** An attempt with the bodies of its request and response. */
export const AttemptWithBodies = Type.Object({
  ...attempt,
  request: Type.Object({ ...request, ...body }),
  response: Nullable(Type.Object({ ...response, ...body })),
});
export type AttemptWithBodies = Static<typeof AttemptWithBodies>;
