import { newId } from '@hookstile/contracts';
import {
  type Clock,
  type FoundKey,
  hashKey,
  type KeyDirectory,
  parseBody,
  type RandomBytes,
} from '@hookstile/service-runtime';
import type { Changes } from '../changes/changes.js';
import { noSuch } from '../changes/no-such.js';
import type { Origin } from '../changes/origin.js';
import { growthOf } from '../changes/tenant-room.js';
import { type Page, readPage } from '../input/page.js';
import type { ReadModelStore } from '../read-models/read-model.store.js';
import type { ApiKey } from './api-key.decider.js';
import { CreateApiKeyDto } from './api-key.dto.js';
import { type ApiKeyView, apiKeyAggregate, apiKeyView, type CreatedApiKey } from './api-key-aggregate.js';

const ID_RANDOM_BYTES = 10;
/** 192 random bits: nobody guesses a key, nor finds one from its hash. */
const KEY_RANDOM_BYTES = 24;

/** What can be done with API keys; finds the key of a request in config's own table. */
export class ApiKeys implements KeyDirectory {
  constructor(
    private readonly changes: Changes,
    private readonly readModels: ReadModelStore<unknown>,
    private readonly clock: Clock,
    private readonly randomBytes: RandomBytes,
  ) {}

  find(hashHex: string): Promise<FoundKey | null> {
    return this.readModels.keyByHash(hashHex);
  }

  async create(tenantId: string, body: unknown, origin: Origin): Promise<CreatedApiKey> {
    const { name, role } = parseBody(CreateApiKeyDto, body);
    const id = newId('key', this.clock.nowMs(), this.randomBytes(ID_RANDOM_BYTES));
    const key = `hk_${Buffer.from(this.randomBytes(KEY_RANDOM_BYTES)).toString('hex')}`;
    const state = await this.changes.run(origin, async (change) => {
      await change.holdTenant(tenantId);
      const apiKey = change.begin(apiKeyAggregate, id);
      const hash = hashKey(key);
      const state = await apiKey.execute({ type: 'create', at: this.now(), tenantId, name, role, hash });
      change.requireRoom(tenantId, growthOf(null, state));
      return state;
    });
    return { ...apiKeyView(id, state as ApiKey), key };
  }

  async list(tenantId: string, query: unknown): Promise<Page<ApiKeyView>> {
    const page = await readPage(query, (bounds) => this.readModels.list(tenantId, 'api-key', bounds));
    return { ...page, items: page.items.map(({ id, state }) => apiKeyView(id, state as ApiKey)) };
  }

  async delete(tenantId: string, id: string, origin: Origin): Promise<void> {
    await this.changes.run(origin, async (change) => {
      await change.holdTenant(tenantId);
      const apiKey = await change.loadOf(tenantId, apiKeyAggregate, id);
      const { state } = apiKey;
      if (state.status !== 'active' || state.tenantId !== tenantId) {
        throw noSuch('api-key');
      }
      await apiKey.execute({ type: 'delete', at: this.now() });
    });
  }

  private now(): string {
    return new Date(this.clock.nowMs()).toISOString();
  }
}
