import { type IntegrationSignal, integrationSignalsV1 } from '@hookstile/contracts';
import type { ReceivedRecord } from '@hookstile/messaging';
import type { BatchStop, StoppedAt } from '@hookstile/messaging/nest';
import type { Clock, Logger } from '@hookstile/service-runtime';
import type { Changes } from '../changes/changes.js';
import { SYSTEM_ORIGIN } from '../changes/origin.js';
import { integrationAggregate } from '../integrations/integration-aggregate.js';
import type { RunNotices } from '../operational-events/run-notices.js';
import type { ReadModelStore } from '../read-models/read-model.store.js';

type DisableRequest = IntegrationSignal & { reason: NonNullable<IntegrationSignal['reason']> };

function isDisableRequest(signal: IntegrationSignal): signal is DisableRequest {
  return signal.type === 'disable-requested' && signal.reason !== null;
}

/** What is held changes no count. */
function isOfRun({ type }: IntegrationSignal): boolean {
  return type !== 'held-limit';
}

function stoppedAt({ partition, offset }: ReceivedRecord, version: string): StoppedAt {
  return { partition, offset, reason: `${version} is newer than this release` };
}

/**
 * Carries the dispatcher's signals out. Counts are shown, and told where somebody wants to know; a disable request goes
 * through the decider.
 */
export class Signals {
  constructor(
    private readonly changes: Changes,
    private readonly readModels: ReadModelStore<unknown>,
    private readonly notices: RunNotices,
    private readonly clock: Clock,
    private readonly logger: Pick<Logger, 'warn' | 'info'>,
  ) {}

  /**
   * Takes records in their order. A malformed one is logged and left; one of an unknown newer version stops its
   * partition, the others are dealt with.
   */
  async take(records: readonly ReceivedRecord[]): Promise<BatchStop> {
    const stopped = new Map<number, StoppedAt>();
    const signals: IntegrationSignal[] = [];
    for (const record of records) {
      if (stopped.has(record.partition)) continue;
      const decoded = integrationSignalsV1.decode(record);
      if (decoded.outcome === 'decoded') signals.push(decoded.value);
      else if (decoded.outcome === 'unknown-version') stopped.set(record.partition, stoppedAt(record, decoded.version));
      else this.logMalformed(record, decoded.detail);
    }
    const heard = await this.notices.subscribed(signals.map(({ tenantId }) => tenantId));
    await this.keepCounts(signals.filter(({ tenantId }) => !heard.has(tenantId)));
    const isHeard = (signal: IntegrationSignal) => heard.has(signal.tenantId) && isOfRun(signal);
    const runs = await this.notices.runsOf(signals.filter(isHeard));
    const quiet: IntegrationSignal[] = [];
    for (const signal of signals) {
      if (isHeard(signal) && !(await this.notices.take(signal, runs))) quiet.push(signal);
      if (isDisableRequest(signal)) await this.requestDisable(signal);
    }
    await this.keepCounts(quiet);
    return { stopped: [...stopped.values()] };
  }

  private keepCounts(signals: readonly IntegrationSignal[]): Promise<void> {
    return this.readModels.putFailures(
      signals.filter(isOfRun).map(({ integrationId, enablement, sequence, consecutiveFailures }) => ({
        integrationId,
        enablement,
        sequence,
        consecutiveFailures,
      })),
    );
  }

  private async requestDisable({ integrationId, enablement, reason }: DisableRequest): Promise<void> {
    const accepted = await this.changes.run(SYSTEM_ORIGIN, async (change) => {
      const integration = await change.loadOfAny(integrationAggregate, integrationId);
      const { version } = integration.state;
      const at = new Date(this.clock.nowMs()).toISOString();
      const state = await integration.execute({ type: 'request-disable', at, enablement, reason });
      return state.version > version;
    });
    this.logger.info({ integrationId, enablement, reason, accepted }, 'a request to disable was decided');
  }

  private logMalformed({ topic, partition, offset }: ReceivedRecord, detail: string): void {
    this.logger.warn({ topic, partition, offset, detail }, 'a malformed signal was left out');
  }
}
