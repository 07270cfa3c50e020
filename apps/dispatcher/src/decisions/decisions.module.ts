import type { Messaging } from '@hookstile/messaging';
import {
  CLOCK,
  type Clock,
  CONFIGURATION_PROJECTION,
  type ConfigurationProjection,
  ENV,
  KEY_RING,
  type KeyRing,
  LOGGER,
  type Logger,
  MESSAGING,
  PARTITION_COUNT,
  RANDOM_BYTES,
  type RandomBytes,
  TOPICS,
  type TopicsByName,
} from '@hookstile/service-runtime';
import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import type { DispatcherEnv } from '../dispatcher.env.js';
import { DecisionMaker } from './decision-maker.js';
import { DecisionsController } from './decisions.controller.js';
import { type RunningDecisions, startDecisions } from './decisions.provider.js';
import { RuleTester } from './rule-tester.js';

const RUNNING_DECISIONS = Symbol('RunningDecisions');

/** Answers whether a rule's webhook grants access. Any dispatcher can: no partition is needed. */
@Module({
  controllers: [DecisionsController],
  providers: [
    {
      provide: RUNNING_DECISIONS,
      inject: [
        ENV,
        MESSAGING,
        KEY_RING,
        CONFIGURATION_PROJECTION,
        TOPICS,
        PARTITION_COUNT,
        CLOCK,
        RANDOM_BYTES,
        LOGGER,
      ],
      useFactory: (
        env: DispatcherEnv,
        messaging: Messaging,
        keyRing: KeyRing,
        projection: ConfigurationProjection,
        topics: TopicsByName,
        partitionCount: number,
        clock: Clock,
        randomBytes: RandomBytes,
        logger: Logger,
      ) => startDecisions({ env, messaging, keyRing, projection, topics, partitionCount, clock, randomBytes, logger }),
    },
    { provide: DecisionMaker, inject: [RUNNING_DECISIONS], useFactory: ({ maker }: RunningDecisions) => maker },
    { provide: RuleTester, inject: [RUNNING_DECISIONS], useFactory: ({ tester }: RunningDecisions) => tester },
  ],
})
export class DecisionsModule implements OnApplicationShutdown {
  constructor(@Inject(RUNNING_DECISIONS) private readonly running: RunningDecisions) {}

  /** After the HTTP server has closed: every caller has its answer. */
  async onApplicationShutdown(): Promise<void> {
    await this.running.close();
  }
}
