import type { BodyShape, DeliveryEnvelope, IntegrationConfiguration } from '@hookstile/contracts';
import { bodyPlacementOf, reshapedJson, reshapingOf } from '@hookstile/templates';
import { CLOUDEVENT_CONTENT_TYPE, CLOUDEVENTS_BATCH_CONTENT_TYPE, cloudEventsBody } from './cloudevents-body.js';
import { orUnbuildable, type ReadTemplates } from './read-templates.js';
import { RequestUnbuildableError } from './request-unbuildable.error.js';
import { standardBody } from './standard-body.js';

export interface DeliveryToSend {
  envelope: DeliveryEnvelope;
  data: Buffer;
}

/** The body of one delivery, or its element in the body of several. Throws `RequestUnbuildableError`. */
export type DeliveryBody = (delivery: DeliveryToSend) => Buffer;

const JSON_CONTENT_TYPE = 'application/json';

/** What a body is sent as where the user says nothing. */
export function contentTypeOf({ format }: BodyShape, array: boolean): string {
  if (format !== 'cloudevents') return JSON_CONTENT_TYPE;
  return array ? CLOUDEVENTS_BATCH_CONTENT_TYPE : CLOUDEVENT_CONTENT_TYPE;
}

/** Whether the body is always an array, also of one delivery. */
export function isAlwaysArray({ request: { body }, batch }: IntegrationConfiguration['settings']): boolean {
  return batch.maxItems > 1 || (body.format === 'template' && body.wrap === 'array');
}

function builtBody(format: Exclude<BodyShape['format'], 'template'>): DeliveryBody {
  switch (format) {
    case 'standard':
      return ({ envelope, data }) => standardBody(envelope.event, data);
    case 'cloudevents':
      return ({ envelope, data }) => cloudEventsBody(envelope.event, data);
    case 'data':
      return ({ data }) => data;
  }
}

function reshapedBody(body: Exclude<BodyShape, { format: 'template' }>): DeliveryBody {
  const build = builtBody(body.format);
  const reshaping = orUnbuildable('The body', () => reshapingOf(body.rename, body.omit));
  if (reshaping === null) return build;
  return (delivery) => orUnbuildable('The body', () => reshapedJson(build(delivery), reshaping));
}

const [BEGIN, COMMA, END] = [Buffer.from('['), Buffer.from(','), Buffer.from(']')];

/** How an integration's bodies are made. Both throw `RequestUnbuildableError`. */
export interface Bodies {
  ofOne: DeliveryBody;
  ofSeveral(deliveries: readonly DeliveryToSend[]): Buffer;
}

function jsonBodies(ofOne: DeliveryBody): Bodies {
  return {
    ofOne,
    ofSeveral: (deliveries) => {
      const parts = deliveries.flatMap((delivery, index) => [index === 0 ? BEGIN : COMMA, ofOne(delivery)]);
      return Buffer.concat([...parts, END]);
    },
  };
}

function textBodies(ofOne: DeliveryBody): Bodies {
  return {
    ofOne,
    ofSeveral: () => {
      throw new RequestUnbuildableError('Several deliveries go out as a JSON array; the content type is not JSON.');
    },
  };
}

/** For requests of a content type. Throws `RequestUnbuildableError`. */
export function bodiesOf(
  { id, settings }: IntegrationConfiguration,
  contentType: string,
  templates: ReadTemplates,
): Bodies {
  const { body } = settings.request;
  if (body.format !== 'template') return jsonBodies(reshapedBody(body));
  const placement = bodyPlacementOf(contentType);
  const integration = { id, name: settings.name };
  const template = () => templates.body(body.template, placement);
  orUnbuildable('The body', template);
  const ofOne: DeliveryBody = ({ envelope, data }) =>
    orUnbuildable('The body', () => template().fillIn({ envelope, data, integration }));
  return placement === 'json' ? jsonBodies(ofOne) : textBodies(ofOne);
}
