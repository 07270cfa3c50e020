import { readFileSync } from 'node:fs';
import { partitionOf } from '@hookstile/contracts';
import { connectMessaging, type Messaging } from '@hookstile/messaging';
import { type Receiver, randomSuffix, startReceiver } from '@hookstile/testing';
import { Api, type Integration } from '../api.js';
import { type Stack, startStack } from '../stack.js';

const PARTITIONS = 12;
const CLOSE_TIMEOUT_MS = 5_000;

/** An event whose data is text, so that each of its bytes is the test's. */
export interface SampleEvent {
  id?: string;
  type: string;
  subject?: string;
  time?: string;
  data: string;
}

export type Way = 'http' | 'kafka';
export const WAYS: readonly Way[] = ['http', 'kafka'];

/** One stack with a receiver, for the tests of all products. */
export class ProductsWorld {
  private constructor(
    readonly stack: Stack,
    readonly receiver: Receiver,
    private readonly messaging: Messaging,
  ) {}

  static async start(): Promise<ProductsWorld> {
    const stack = await startStack();
    const receiver = await startReceiver();
    const messaging = await connectMessaging({ brokers: stack.run.kafka.brokers, clientId: 'e2e-products' });
    return new ProductsWorld(stack, receiver, messaging);
  }

  async stop(): Promise<void> {
    await this.messaging.close();
    await this.receiver.close();
    await this.stack.stop();
  }

  async customer(plan: 'standard' | 'enterprise' = 'standard'): Promise<Customer> {
    const id = `products-${randomSuffix()}`;
    const { baseUrl, adminKey } = this.stack.run;
    await new Api(baseUrl, adminKey).expect(201, 'POST', '/v1/tenants', { body: { id, name: id, plan } });
    return new Customer(this, id, new Api(baseUrl, adminKey, id));
  }

  /** Writes an event where a platform's own producers write them: CloudEvents in binary mode. */
  async produce(tenantId: string, event: SampleEvent): Promise<void> {
    const { id = `e2e-${randomSuffix()}`, type, subject, time, data } = event;
    const attributes = { specversion: '1.0', id, type, source: '/e2e', tenantid: tenantId, subject, time };
    const given = Object.entries(attributes).filter(([, value]) => value !== undefined);
    const publisher = await this.messaging.publisher({ name: 'e2e-products' });
    await publisher.publish([
      {
        topic: 'hookstile.events',
        partition: partitionOf(tenantId, PARTITIONS),
        key: tenantId,
        headers: {
          'content-type': 'application/json',
          ...Object.fromEntries(given.map(([name, value]) => [`ce_${name}`, String(value)])),
        },
        value: Buffer.from(data),
      },
    ]);
    await publisher.close(CLOSE_TIMEOUT_MS);
  }
}

/** A tenant of the platform, and what its admin and its events do. */
export class Customer {
  constructor(
    readonly world: ProductsWorld,
    readonly id: string,
    readonly api: Api,
  ) {}

  /** Creates an integration that posts to `path` of the world's receiver. */
  integration(profile: string, path: string, settings: Record<string, unknown> = {}): Promise<Integration> {
    return this.api.expect(201, 'POST', '/v1/integrations', {
      body: { name: `${profile} ${path}`, profile, url: `${this.world.receiver.url}${path}`, ...settings },
    });
  }

  async emit(way: Way, event: SampleEvent): Promise<void> {
    if (way === 'kafka') return this.world.produce(this.id, event);
    const { data, ...attributes } = event;
    const envelope = JSON.stringify(attributes);
    await this.api.expect(202, 'POST', '/v1/events', { body: `${envelope.slice(0, -1)},"data":${data}}` });
  }

  /** A key of this tenant, as one of its people or programs has it. */
  async as(role: 'viewer' | 'editor' | 'admin' | 'producer'): Promise<Api> {
    const { key } = await this.api.expect<{ key: string }>(201, 'POST', '/v1/api-keys', { body: { name: role, role } });
    return new Api(this.world.stack.run.baseUrl, key);
  }
}

/** A product's sample body, byte for byte as its document shows it. */
export function sampleOf(name: string): string {
  return readFileSync(new URL(`samples/${name}.body.txt`, import.meta.url), 'utf8').replace(/\n$/, '');
}

/** JSON text without the whitespace that means nothing; strings and number forms stay as they are written. */
export function compact(json: string): string {
  return json.replace(/("(?:[^"\\]|\\.)*")|\s+/g, (_, text: string | undefined) => text ?? '');
}
