import type { IntegrationSignal } from '@hookstile/contracts';
import type { Changes } from '../changes/changes.js';
import { SYSTEM_ORIGIN } from '../changes/origin.js';
import { integrationAggregate } from '../integrations/integration-aggregate.js';
import type { ReadModelStore } from '../read-models/read-model.store.js';
import { noticeOfRun } from './integration-notice.js';
import { SUBSCRIBING_PATTERNS } from './tell.js';
import { followRun } from './told-run.js';

/** Tells a tenant's subscribed integrations when failure runs of its others begin and end. */
export class RunNotices {
  constructor(
    private readonly changes: Changes,
    private readonly readModels: ReadModelStore<unknown>,
  ) {}

  /** Of these tenants, those that have an integration which names operational events. */
  subscribed(tenantIds: readonly string[]): Promise<ReadonlySet<string>> {
    return this.readModels.subscribedTenants([...new Set(tenantIds)], SUBSCRIBING_PATTERNS);
  }

  /** Keeps the count and tells of it in one transaction, under the integration's lock: twice is once. */
  async take(signal: IntegrationSignal): Promise<void> {
    await this.changes.run(SYSTEM_ORIGIN, async (change) => {
      const { state } = await change.load(integrationAggregate, signal.integrationId);
      const followed = followRun(await change.failureRunOf(signal.integrationId), signal, state);
      if (followed === null) return;
      await change.putFailureRun(followed.run);
      if (followed.tells === null || state.status !== 'present') return;
      await change.tell(noticeOfRun(followed.tells, state, signal));
    });
  }
}
