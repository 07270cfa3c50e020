import type { DeliveryToSend } from './delivery-to-send.types.js';
import { MASKED, type RequestPlan, type SigningKeys } from './request-plan.js';
import { RequestUnbuildableError } from './request-unbuildable.error.js';
import { type SigningKey, signatureOf } from './standard-webhooks-signature.js';

export interface BuiltRequest {
  plan: RequestPlan;
  /** Name and value in turn, with the secrets; for the wire only. */
  headers: string[];
  /** For the event log: secrets masked, the signature kept. */
  recordedHeaders: [string, string][];
  body: Buffer;
}

/** Few plans need this: ours is the only header of the name that differs between one delivery and several. */
function asArray(headers: string[], recordedHeaders: [string, string][], contentType: string): void {
  const at = headers.indexOf('content-type');
  headers[at + 1] = contentType;
  recordedHeaders[at / 2] = ['content-type', contentType];
}

/** The newest first: receivers that look at the first signature alone get the one that stays. */
function keysAt({ newest, previous }: SigningKeys, startedAtMs: number): SigningKey[] {
  return previous && startedAtMs < previous.untilMs ? [newest, previous.key] : [newest];
}

/**
 * Builds the request of one attempt.
 * @param startedAtMs Unix milliseconds of the attempt: `webhook-timestamp` is new with each, `webhook-id` never
 */
export function buildRequest(
  plan: RequestPlan,
  deliveries: readonly DeliveryToSend[],
  startedAtMs: number,
  traceparent: string,
): BuiltRequest {
  const [first] = deliveries;
  if (!first) throw new RequestUnbuildableError('The push holds no delivery.');
  // Several that failed together go out together, also where the integration sends one at a time by now.
  const array = plan.array || deliveries.length > 1;
  const body = array ? plan.bodies.ofSeveral(deliveries) : plan.bodies.ofOne(first);
  const id = first.envelope.deliveryId;
  const timestamp = String(Math.floor(startedAtMs / 1_000));
  const headers = [...plan.fixedHeaders, 'webhook-id', id, 'webhook-timestamp', timestamp];
  const recordedHeaders: [string, string][] = [
    ...plan.recordedHeaders,
    ['webhook-id', id],
    ['webhook-timestamp', timestamp],
  ];
  if (array && plan.arrayContentType !== null) asArray(headers, recordedHeaders, plan.arrayContentType);
  if (plan.fillInHeaders) {
    for (const [name, value] of plan.fillInHeaders(first)) {
      headers.push(name, value);
      recordedHeaders.push([name, MASKED]);
    }
  }
  if (plan.signingKeys) {
    const keys = keysAt(plan.signingKeys, startedAtMs);
    const signature = keys.map((key) => signatureOf(key, id, timestamp, body)).join(' ');
    headers.push('webhook-signature', signature);
    recordedHeaders.push(['webhook-signature', signature]);
  }
  headers.push('traceparent', traceparent);
  recordedHeaders.push(['traceparent', traceparent]);
  return { plan, headers, recordedHeaders, body };
}
