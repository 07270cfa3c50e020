import type { BodyShape, IntegrationConfiguration } from '@hookstile/contracts';
import { bodyPlacementOf } from '@hookstile/templates';
import type { Bodies, DeliveryBody } from './delivery-to-send.types.js';
import { fillingInTimeLimit } from './filling-in-time.js';
import { jsonArrayOf } from './json-array.js';
import { orUnbuildable, type ReadTemplates } from './read-templates.js';
import { FILLED_IN_BODY_MAX_BYTES, FILLING_IN_MAX_MS } from './request.bounds.js';
import { RequestUnbuildableError } from './request-unbuildable.error.js';

/** Bounds what the bodies of one push may do together. */
function boundedTogether(bodyOf: DeliveryBody): DeliveryBody {
  const checkTime = fillingInTimeLimit('the batch', FILLING_IN_MAX_MS);
  let bytes = 0;
  return (delivery) => {
    checkTime();
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
