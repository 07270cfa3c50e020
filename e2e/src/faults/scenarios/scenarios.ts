import { appendUnanswered, commitUnanswered, halfOpenLinks, resettingLinks, slowLinks } from './bad-links.ts';
import { brokerKilled, brokerStandsStill, brokerStopped, postgresKilled } from './dead-servers.ts';
import {
  dispatcherKilled,
  killedBehindSlowRequest,
  oneOfTwoDispatchersKilled,
  routerKilled,
} from './killed-processes.ts';
import { rebalances, rollingRestart } from './moving-partitions.ts';
import { dispatcherPaused, dispatcherPausedInTransaction } from './paused-dispatcher.ts';
import type { Scenario } from './scenario.types.ts';

export const SCENARIOS: readonly Scenario[] = [
  dispatcherKilled,
  killedBehindSlowRequest,
  oneOfTwoDispatchersKilled,
  routerKilled,
  rollingRestart,
  rebalances,
  dispatcherPaused,
  dispatcherPausedInTransaction,
  postgresKilled,
  brokerKilled,
  brokerStopped,
  brokerStandsStill,
  appendUnanswered,
  commitUnanswered,
  resettingLinks,
  slowLinks,
  halfOpenLinks,
];
