import type { IntegrationSignal } from '@hookstile/contracts';
import type { Changes } from '../changes/changes.js';
import { SYSTEM_ORIGIN } from '../changes/origin.js';
import { integrationAggregate } from '../integrations/integration-aggregate.js';
import type { FailureRun, ReadModelStore } from '../read-models/read-model.store.js';
import { noticeOfRun } from './integration-notice.js';
import { SUBSCRIBING_PATTERNS } from './tell.js';
import { followQuietly, followRun } from './told-run.js';

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

  /** What is known of the runs of these signals' integrations, to be given to `take`. */
  runsOf(signals: readonly IntegrationSignal[]): Promise<Map<string, FailureRun>> {
    return this.readModels.failureRunsOf([...new Set(signals.map(({ integrationId }) => integrationId))]);
  }

  /**
   * Answers whether the signal's count is kept. It is not where nothing is to be told of it: so one integration that fails
   * and recovers all the time costs no transaction each time, for which every tenant's signals would wait.
   */
  async take(signal: IntegrationSignal, runs: Map<string, FailureRun>): Promise<boolean> {
    const before = runs.get(signal.integrationId) ?? null;
    if (before !== null && signal.sequence <= before.sequence) return true;
    const quiet = followQuietly(before, signal);
    const run = quiet ?? (await this.tell(signal));
    if (run) runs.set(signal.integrationId, run);
    return quiet === null;
  }

  /** Keeps the count and tells of it in one transaction, under the integration's lock: twice is once. */
  private tell(signal: IntegrationSignal): Promise<FailureRun | null> {
    return this.changes.run(SYSTEM_ORIGIN, async (change) => {
      const { state } = await change.loadOfAny(integrationAggregate, signal.integrationId);
      const followed = followRun(await change.failureRunOf(signal.integrationId), signal, state);
      if (followed === null) return null;
      await change.putFailureRun(followed.run);
      if (followed.tells !== null && state.status === 'present') {
        await change.tell(noticeOfRun(followed.tells, state, signal));
      }
      return followed.run;
    });
  }
}
