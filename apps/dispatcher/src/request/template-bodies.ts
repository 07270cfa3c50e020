import type { BodyShape, IntegrationConfiguration } from '@hookstile/contracts';
import { bodyPlacementOf, workedMs } from '@hookstile/templates';
import type { Bodies, DeliveryBody } from './delivery-to-send.types.js';
import { jsonArrayOf } from './json-array.js';
import { orUnbuildable, type ReadTemplates } from './read-templates.js';
import { FILLED_IN_BODY_MAX_BYTES, FILLING_IN_MAX_MS } from './request.bounds.js';
import { RequestUnbuildableError } from './request-unbuildable.error.js';

/** Bounds what the templates of one push may do together: nothing else runs meanwhile, not even a lease's renewal. */
function boundedTogether(bodyOf: DeliveryBody): DeliveryBody {
  const beganAt = workedMs();
  let bytes = 0;
  return (delivery) => {
    if (workedMs() - beganAt > FILLING_IN_MAX_MS) {
      const message = `The templates of the batch take longer than ${FILLING_IN_MAX_MS} ms to be filled in.`;
      throw new RequestUnbuildableError(message, { retryable: true });
    }
    const body = bodyOf(delivery);
    bytes += body.length;
    if (bytes > FILLED_IN_BODY_MAX_BYTES) {
      throw new RequestUnbuildableError(`The templates of the batch make more than ${FILLED_IN_BODY_MAX_BYTES} bytes.`);
    }
    return body;
  };
}

function jsonBodies(ofOne: DeliveryBody): Bodies {
  return { ofOne, ofSeveral: (deliveries) => jsonArrayOf(deliveries, boundedTogether(ofOne)) };
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
export function templateBodies(
  { template: text }: Extract<BodyShape, { format: 'template' }>,
  { id, settings: { name } }: IntegrationConfiguration,
  contentType: string,
  templates: ReadTemplates,
): Bodies {
  const placement = bodyPlacementOf(contentType);
  const integration = { id, name };
  const template = () => templates.body(text, placement);
  orUnbuildable('The body', template);
  const ofOne: DeliveryBody = ({ envelope, data }) =>
    orUnbuildable('The body', () => template().fillIn({ envelope, data, integration }));
  return placement === 'json' ? jsonBodies(ofOne) : textBodies(ofOne);
}
