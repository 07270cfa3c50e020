import { setTimeout as sleep } from 'node:timers/promises';
import { secretOwner } from '@hookstile/contracts';
import type { Messaging } from '@hookstile/messaging';
import {
  type Clock,
  type ConfigurationProjection,
  type KeyRing,
  type Logger,
  metrics,
  type RandomBytes,
  type TopicsByName,
  tracing,
} from '@hookstile/service-runtime';
import type { DispatcherEnv } from '../dispatcher.env.js';
import { egressOf } from '../egress/egress.js';
import { HookPools } from '../egress/hook-pools.js';
import { OriginPools } from '../egress/origin-pools.js';
import { requestToken } from '../oauth/request-token.js';
import { tokenRecorder } from '../oauth/token-recorder.js';
import { CachedTokens } from '../oauth/token-source.js';
import { DecisionsPublisher } from '../publishes/decisions.publisher.js';
import { productVersion } from '../request/product-version.js';
import { TenantSecretOpener } from '../request/tenant-secret-opener.js';
import { Circuits } from './circuits.js';
import { RECORDS_CLOSE_TIMEOUT_MS, RECORDS_WAITING_MAX } from './decision.bounds.js';
import { DecisionCache } from './decision-cache.js';
import { DecisionMaker } from './decision-maker.js';
import { decisionRecorder, observeDecisions } from './decision-telemetry.js';
import { HookCaller } from './hook-caller.js';
import { HookTurns } from './hook-turns.js';
import { KnownRules } from './known-rules.js';
import { RulePlans } from './rule-plans.js';
import { RuleTester } from './rule-tester.js';

export interface DecisionsParts {
  env: DispatcherEnv;
  messaging: Messaging;
  keyRing: KeyRing;
  projection: ConfigurationProjection;
  topics: TopicsByName;
  partitionCount: number;
  clock: Clock;
  randomBytes: RandomBytes;
  logger: Logger;
}

export interface RunningDecisions {
  maker: DecisionMaker;
  tester: RuleTester;
  /** After the HTTP server has closed: writes what is queued, ends what is in flight. */
  close(): Promise<void>;
}

async function recordsOf({ messaging, topics, partitionCount, logger }: DecisionsParts): Promise<DecisionsPublisher> {
  const waitingMax = RECORDS_WAITING_MAX;
  const publisher = await messaging.publisher({ name: 'decisions', queueMaxRecords: waitingMax });
  return new DecisionsPublisher({ publisher, topic: topics('decisions'), partitionCount, logger, waitingMax });
}

/** Wires decisions to their connections. */
export async function startDecisions(parts: DecisionsParts): Promise<RunningDecisions> {
  const { env, keyRing, projection, clock, randomBytes, logger } = parts;
  const userAgent = `Hookstile/${productVersion()}`;
  const egress = egressOf(env, { clock });
  const pools = new HookPools(egress.connectorFor(null));
  const tokenPools = new OriginPools((tls) => egress.connectorFor(tls));
  const tokens = new CachedTokens({
    request: (grant) => requestToken(tokenPools, grant, userAgent),
    clock,
    recorder: tokenRecorder(metrics),
  });
  const plans = new RulePlans(new TenantSecretOpener(keyRing, projection), userAgent);
  projection.onChange(({ kind, id, deleted }) => {
    if (kind !== 'decision-rule' || !deleted) return;
    plans.forget(id);
    tokens.forget(secretOwner(kind, id));
  });
  const turns = new HookTurns({
    all: env.HOOKSTILE_DECISIONS_IN_FLIGHT_MAX,
    perTenant: env.HOOKSTILE_DECISIONS_PER_TENANT_MAX,
    perRule: env.HOOKSTILE_DECISIONS_PER_RULE_MAX,
  });
  const monotonicMs = () => clock.monotonicMs();
  const asker = { pools, tokens, monotonicMs, sleep };
  const stop = new AbortController();
  const hooks = new HookCaller({ plans, turns, asker, tracing, clock, randomBytes, signal: stop.signal });
  const rules = new KnownRules(projection);
  const circuits = new Circuits(monotonicMs);
  const cache = new DecisionCache(monotonicMs);
  const records = await recordsOf(parts);
  const recorder = decisionRecorder(metrics, logger);
  const unobserve = observeDecisions(metrics, { inFlight: () => turns.inFlight, openCircuits: () => circuits.open });
  return {
    maker: new DecisionMaker({ rules, hooks, circuits, cache, records, recorder, tracing, clock }),
    tester: new RuleTester({ rules, plans, hooks, clock }),
    close: async () => {
      unobserve();
      stop.abort();
      await Promise.all([pools.close(), tokenPools.close(), records.close(RECORDS_CLOSE_TIMEOUT_MS)]);
    },
  };
}
