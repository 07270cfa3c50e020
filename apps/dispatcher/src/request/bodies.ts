import type { BodyShape, IntegrationConfiguration } from '@hookstile/contracts';
import { reshapedJson, reshapingOf } from '@hookstile/templates';
import { CLOUDEVENT_CONTENT_TYPE, CLOUDEVENTS_BATCH_CONTENT_TYPE, cloudEventsBody } from './cloudevents-body.js';
import type { Bodies, DeliveryBody } from './delivery-to-send.types.js';
import { jsonArrayOf } from './json-array.js';
import { orUnbuildable, type ReadTemplates } from './read-templates.js';
import { standardBody } from './standard-body.js';
import { templateBodies } from './template-bodies.js';

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

/** For requests of a content type. Throws `RequestUnbuildableError`. */
export function bodiesOf(integration: IntegrationConfiguration, contentType: string, templates: ReadTemplates): Bodies {
  const { body } = integration.settings.request;
  if (body.format === 'template') return templateBodies(body, integration, contentType, templates);
  const ofOne = reshapedBody(body);
  return { ofOne, ofSeveral: (deliveries) => jsonArrayOf(deliveries, ofOne) };
}
