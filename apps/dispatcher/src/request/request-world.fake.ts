import type { BodyShape, IntegrationConfiguration, IntegrationSettings } from '@hookstile/contracts';
import { aDelivery, anIntegration, type DeliveryOverrides, integrationSettings } from '@hookstile/testing';
import { buildRequest } from './build-request.js';
import type { DeliveryToSend } from './delivery-to-send.types.js';
import { RequestPlans } from './request-plans.js';
import { fakeOpener, sealed } from './sealed-fixture.js';

export interface RequestWorld {
  body?: BodyShape;
  /** Opened, in the clear. */
  headers?: Record<string, string>;
  batch?: IntegrationSettings['batch'];
}

/** What a receiver would get. */
export interface Received {
  headers: Record<string, string>;
  recorded: Record<string, string>;
  body: string;
}

function integrationOf({ body = { format: 'standard' }, headers = {}, batch }: RequestWorld): IntegrationConfiguration {
  const settings = integrationSettings();
  const given = Object.entries(headers).map(([name, value]) => [name, sealed(value)] as const);
  const request = { ...settings.request, body, headers: Object.fromEntries(given) };
  return anIntegration({ settings: { request, ...(batch ? { batch } : {}) } });
}

export function toSend(overrides: DeliveryOverrides): DeliveryToSend {
  const { envelope, bytes } = aDelivery(overrides);
  return { envelope, data: bytes };
}

/** Builds the request of a push as an integration with these settings would. */
export function received(world: RequestWorld, ...deliveries: DeliveryOverrides[]): Received {
  const plan = new RequestPlans(fakeOpener(), 'Hookstile/1.2.3').of(integrationOf(world));
  const built = buildRequest(plan, deliveries.map(toSend), 1_700_000_000_000, '00-trace');
  const pairs = built.headers.flatMap((name, at) => (at % 2 === 0 ? [[name, built.headers[at + 1] ?? '']] : []));
  return {
    headers: Object.fromEntries(pairs),
    recorded: Object.fromEntries(built.recordedHeaders),
    body: `${built.body}`,
  };
}
