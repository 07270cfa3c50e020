import { accounting } from './accounting.ts';
import { appendUnanswered, commitUnanswered, halfOpenLinks, resettingLinks, slowLinks } from './bad-links.ts';
import { changedWhileDisabling, changedWhileRetrying } from './changed-settings.ts';
import { brokerKilled, brokerStandsStill, brokerStopped, postgresKilled } from './dead-servers.ts';
import { diskFull } from './full-disk.ts';
import { keysRotated } from './keys-rotated.ts';
import { dispatcherKilled, killedBehindSlowRequest, oneOfTwoDispatchersKilled } from './killed-dispatchers.ts';
import { frontDoorKilled, frontDoorKilledAroundAck, routerKilled, routerKilledBetweenWrites } from './killed-ingest.ts';
import { relayLeaderKilled } from './killed-relay.ts';
import { deliveriesLost, eventsLost, offsetsDeleted } from './lost-records.ts';
import { rebalances, rollingRestart } from './moving-partitions.ts';
import { dispatcherPaused, dispatcherPausedInTransaction } from './paused-dispatcher.ts';
import { eventsWhileBrokerAway } from './refused-events.ts';
import type { Scenario } from './scenario.types.ts';
import { wrongClock } from './wrong-clock.ts';

export const SCENARIOS: readonly Scenario[] = [
  dispatcherKilled,
  killedBehindSlowRequest,
  oneOfTwoDispatchersKilled,
  routerKilledBetweenWrites,
  routerKilled,
  frontDoorKilled,
  frontDoorKilledAroundAck,
  accounting,
  rollingRestart,
  rebalances,
  keysRotated,
  dispatcherPaused,
  dispatcherPausedInTransaction,
  changedWhileDisabling,
  changedWhileRetrying,
  relayLeaderKilled,
  wrongClock,
  offsetsDeleted,
  eventsLost,
  deliveriesLost,
  postgresKilled,
  diskFull,
  brokerKilled,
  brokerStopped,
  brokerStandsStill,
  eventsWhileBrokerAway,
  appendUnanswered,
  commitUnanswered,
  resettingLinks,
  slowLinks,
  halfOpenLinks,
];
