import type { Messaging } from '@hookstile/messaging';
import {
  CLOCK,
  type Clock,
  CONFIGURATION_PROJECTION,
  type ConfigurationProjection,
  ENV,
  LOGGER,
  type Logger,
  MESSAGING,
  PARTITION_COUNT,
  PayloadMask,
  type PayloadMaskEnv,
  RANDOM_BYTES,
  type RandomBytes,
  TOPICS,
  type TopicsByName,
} from '@hookstile/service-runtime';
import { type BeforeApplicationShutdown, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { type AttemptMaker, TRIAL_ATTEMPT_MAKER } from '../attempts/attempt.types.js';
import { trialAttemptMakerProvider } from '../attempts/attempt-maker.provider.js';
import { TrialsPublisher } from '../publishes/trials.publisher.js';
import { RECORDS_CLOSE_TIMEOUT_MS, RECORDS_WAITING_MAX } from './trial.bounds.js';
import { TrialTurns } from './trial-turns.js';
import { TrialsController } from './trials.controller.js';
import { Trials } from './trials.js';

const STOP = Symbol('StopOfTrials');

/** Tests integrations on demand. Any dispatcher can: no partition is needed. */
@Module({
  controllers: [TrialsController],
  providers: [
    trialAttemptMakerProvider,
    { provide: STOP, useFactory: () => new AbortController() },
    {
      provide: TrialsPublisher,
      inject: [MESSAGING, TOPICS, LOGGER],
      useFactory: async (messaging: Messaging, topics: TopicsByName, logger: Logger) => {
        const publisher = await messaging.publisher({ name: 'trials' });
        return new TrialsPublisher({ publisher, topic: topics('attempts'), logger, waitingMax: RECORDS_WAITING_MAX });
      },
    },
    {
      provide: Trials,
      inject: [
        CONFIGURATION_PROJECTION,
        TRIAL_ATTEMPT_MAKER,
        TrialsPublisher,
        PARTITION_COUNT,
        CLOCK,
        RANDOM_BYTES,
        LOGGER,
        ENV,
        STOP,
      ],
      useFactory: (
        projection: ConfigurationProjection,
        attempts: AttemptMaker,
        records: TrialsPublisher,
        partitionCount: number,
        clock: Clock,
        randomBytes: RandomBytes,
        logger: Logger,
        env: PayloadMaskEnv,
        { signal }: AbortController,
      ) => {
        const turns = new TrialTurns();
        return new Trials({
          projection,
          attempts,
          turns,
          records,
          partitionCount,
          clock,
          randomBytes,
          logger,
          mask: new PayloadMask(env.HOOKSTILE_MASKED_NAMES),
          signal,
        });
      },
    },
  ],
})
export class TrialsModule implements BeforeApplicationShutdown, OnApplicationShutdown {
  constructor(
    @Inject(STOP) private readonly stop: AbortController,
    @Inject(TRIAL_ATTEMPT_MAKER) private readonly attempts: AttemptMaker,
    @Inject(TrialsPublisher) private readonly records: TrialsPublisher,
  ) {}

  /** Nobody's delivery hangs on a trial: one in flight ends as aborted, and its caller is told. */
  beforeApplicationShutdown(): void {
    this.stop.abort();
  }

  /** After the HTTP server has closed: every caller has its answer. */
  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.attempts.close(), this.records.close(RECORDS_CLOSE_TIMEOUT_MS)]);
  }
}
