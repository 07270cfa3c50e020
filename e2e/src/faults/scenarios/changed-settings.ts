import { type HeldPiece, isKafkaRequest, KAFKA_FETCH, until } from '@hookstile/testing';
import type { WorldIntegration } from '../world/world.ts';
import type { Scenario } from './scenario.types.ts';
import type { Stage } from './stage.ts';

const STOP_TIMEOUT_MS = 20_000;
const DECIDED_TIMEOUT_MS = 30_000;
const HOLD_TIMEOUT_MS = 10_000;
const SUCCESSES_AFTER = 60;
const RETRIES_MS = [[], [100], [150, 300], [50, 50, 50]] as const;
const CHANGES = ['address', 'timeout', 'retries'] as const;
const TIMEOUT_MIN_MS = 3_000;
const TIMEOUT_MAX_MS = 15_000;
const CHANGES_A_KILL = 12;

/** What an admin does while the dispatcher's request to disable is on its way to config. */
const MEANWHILE = ['rename', 'enable', 'disable', 'delete'] as const;

const readsSignals = (bytes: Buffer): boolean =>
  isKafkaRequest(bytes, {
    apiKey: KAFKA_FETCH,
    clientId: 'hookstile-config',
    topic: 'hookstile.integration-signals',
  });

/** The way of the request is held open in the link between Kafka and config, so that each change falls within it. */
export const changedWhileDisabling: Scenario = {
  name: 'changed-while-disabling',
  about: 'a rename, an enable, a disable and a delete fall into the round trip of a disabling',
  dispatchers: 1,
  world: { tenants: MEANWHILE.length, endpoints: ['dead', 'healthy'], perSecond: 10 },
  count: 3,
  run: async (stage) => {
    const { world } = stage;
    const dead = world.integrations.filter(({ kind }) => kind === 'dead');
    let remaining = dead.map((integration, index) => ({ integration, meanwhile: MEANWHILE[index] ?? 'rename' }));
    world.startSending();
    for (let rounds = 0; rounds < stage.count; rounds += 1) {
      world.override = () => null;
      const held = await holdSignals(stage);
      await stoppedByDispatcher(
        stage,
        remaining.map(({ integration }) => integration),
      );
      for (const { integration, meanwhile } of remaining) await change(stage, integration, meanwhile);
      held.release();
      remaining = remaining.filter(({ meanwhile }) => meanwhile !== 'delete');
      for (const { integration, meanwhile } of remaining) {
        await disabledBecause(stage, integration, meanwhile === 'disable' ? 'admin' : 'consecutive_failures');
      }
      world.override = (path) => (path.endsWith('-dead') ? { status: 200, delayMs: 0 } : null);
      for (const { integration } of remaining) {
        await world.enable(integration, stage.random.pick(['deliver', 'discard'] as const));
      }
      await stage.moreSuccesses(SUCCESSES_AFTER);
    }
    return [`${stage.count} round trips of ${MEANWHILE.length} kinds, the deletion in the first`];
  },
};

async function holdSignals({ stack }: Stage): Promise<HeldPiece> {
  const signal = AbortSignal.timeout(HOLD_TIMEOUT_MS);
  const held = await stack.kafka.link.hold({ what: 'answer', isRequest: readsSignals, signal });
  if (held === null) throw new Error('config does not read signals');
  return held;
}

/** The dispatcher's own word: config does not know yet. */
async function stoppedByDispatcher({ stack }: Stage, integrations: readonly WorldIntegration[]): Promise<void> {
  const ids = integrations.map(({ id }) => id);
  const sql = `select 1 from dispatcher.failure_run
               where integration_id = any ($1) and stopped = 'consecutive_failures'`;
  await until(async () => (await stack.query(sql, [ids])).length === ids.length, {
    timeoutMs: STOP_TIMEOUT_MS,
    intervalMs: 50,
    what: 'the stop of all failing integrations',
  });
}

async function change(
  { world }: Stage,
  integration: WorldIntegration,
  what: (typeof MEANWHILE)[number],
): Promise<void> {
  const { state } = await world.get(integration);
  if (state !== 'enabled') throw new Error(`${integration.name} is ${state}: the change came too late`);
  if (what === 'rename') await world.patch(integration, { name: `${integration.name} ${world.changes.length}` });
  // It is enabled as far as config knows: this changes nothing, and must not undo the stop.
  if (what === 'enable')
    await world.apiOf(integration).expect(200, 'POST', `/v1/integrations/${integration.id}/enable`);
  if (what === 'disable') await world.disable(integration);
  if (what === 'delete') await world.delete(integration);
}

async function disabledBecause({ world }: Stage, integration: WorldIntegration, reason: string): Promise<void> {
  await until(async () => (await world.get(integration)).disabledReason === reason, {
    timeoutMs: DECIDED_TIMEOUT_MS,
    intervalMs: 50,
    what: `${integration.name} to be disabled by ${reason}`,
  });
}

/** Heads wait for their retries while address, timeout and delays change, and a takeover reads them under new ones. */
export const changedWhileRetrying: Scenario = {
  name: 'changed-while-retrying',
  about:
    'addresses, timeouts and retry delays change while lanes wait for retries; the dispatcher is killed in between',
  dispatchers: 1,
  world: { tenants: 2, endpoints: ['flaky', 'batched', 'keyed', 'counting'], perSecond: 6 },
  count: 60,
  run: async (stage) => {
    const { world, random } = stage;
    const dispatcher = stage.stack.service('dispatcher');
    world.startSending();
    await stage.moreSuccesses(SUCCESSES_AFTER);
    for (let changes = 1; changes <= stage.count; changes += 1) {
      const integration = random.pick(world.integrations);
      const timeoutMs = random.whole(TIMEOUT_MIN_MS, TIMEOUT_MAX_MS);
      // Two pushes of three fail at a counting endpoint: with delays its lane would not keep up.
      const kinds = integration.kind === 'counting' ? (['address', 'timeout'] as const) : CHANGES;
      const what = random.pick<(typeof CHANGES)[number]>(kinds);
      if (what === 'address') await world.move(integration);
      if (what === 'timeout') await world.patch(integration, { request: { timeoutMs } });
      if (what === 'retries') await world.patch(integration, { retry: { delaysMs: random.pick(RETRIES_MS) } });
      await stage.pause(0, 400);
      if (changes % CHANGES_A_KILL !== 0) continue;
      await stage.fault(`kill after change ${changes}`, () => dispatcher.kill());
      await stage.comeBack(dispatcher, 'hookstile.dispatcher');
    }
    await stage.moreSuccesses(SUCCESSES_AFTER);
    return [`${world.changes.length} of ${stage.count} changes were of addresses`];
  },
};
