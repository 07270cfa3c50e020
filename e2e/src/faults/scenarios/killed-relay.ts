import { setTimeout as sleep } from 'node:timers/promises';
import { isKafkaRequest, KAFKA_PRODUCE } from '@hookstile/testing';
import { Api } from '../../api.ts';
import type { ManagedService } from '../stack/managed-service.ts';
import type { WorldIntegration } from '../world/world.ts';
import type { Scenario } from './scenario.types.ts';
import type { Stage } from './stage.ts';

const CONFIGS = ['config', 'config-2'] as const;
const LEADS = 'leads the outbox relay';
const PRODUCE_TIMEOUT_MS = 10_000;
/** A change is on its way when the leader is stopped, or has just been answered. */
const STOP_WITHIN_MS = 30;
const ANSWER_MAX_MS = 7_000;
const ACKNOWLEDGED_WITHIN_MS = 60_000;
const ASK_AGAIN_MS = 20;
const EVENTS_AFTER = 2;
/** A leader that says nothing for 5 s leads no more; its connections live on. */
const STOPPED_MIN_MS = 5_500;
const STOPPED_MAX_MS = 8_000;
const CHANGES_WHILE_STOPPED = 2;

/**
 * Who asks for a change asks again, of the other process, until it is acknowledged. What was committed and not published
 * when its process died must then not be acknowledged as nothing to do.
 */
export const relayLeaderKilled: Scenario = {
  name: 'relay-leader-killed',
  about:
    'of two config processes the relay leader is killed or stopped while addresses change and events follow at once',
  dispatchers: 1,
  world: { tenants: 2, endpoints: ['healthy', 'healthy'], perSecond: 10 },
  count: 20,
  run: async (stage) => {
    const configs = CONFIGS.map((name) => stage.stack.service(name));
    await stage.stack.service('config-2').start();
    let stops = 0;
    for (let faults = 0; faults < stage.count; faults += 1) {
      const leader = leaderOf(configs);
      const others = configs.filter((service) => service !== leader);
      if (stage.random.next() < 0.5) await killed(stage, leader, others);
      else {
        stops += 1;
        await stopped(stage, leader, others);
      }
    }
    return [`${stage.count - stops} kills, ${stops} stops, ${stage.world.changes.length} changes of address`];
  },
};

function leaderOf(configs: readonly ManagedService[]): ManagedService {
  const [latest] = configs.toSorted((a, b) => b.lastLogged(LEADS) - a.lastLogged(LEADS));
  if (!latest) throw new Error('no config process');
  return latest;
}

const publishes = (bytes: Buffer): boolean =>
  isKafkaRequest(bytes, { apiKey: KAFKA_PRODUCE, topic: 'hookstile.configuration' });

/** The change is committed, and its record stands still in the link: before the broker has it, or not acknowledged. */
async function killed(stage: Stage, leader: ManagedService, others: readonly ManagedService[]): Promise<void> {
  const what = stage.random.pick(['request', 'answer'] as const);
  const signal = AbortSignal.timeout(PRODUCE_TIMEOUT_MS);
  const holding = stage.stack.kafka.link.hold({ what, isRequest: publishes, signal });
  const changed = changeThenSend(stage, [leader, ...others]);
  changed.catch(() => {});
  const held = await holding;
  if (held === null) throw new Error('the leader published nothing');
  await leader.kill();
  held.drop();
  await changed;
  await changeThenSend(stage, others);
  await leader.start();
}

async function stopped(stage: Stage, leader: ManagedService, others: readonly ManagedService[]): Promise<void> {
  const changed = changeThenSend(stage, others);
  await stage.pause(0, STOP_WITHIN_MS);
  leader.signal('SIGSTOP');
  await stage.pause(STOPPED_MIN_MS, STOPPED_MAX_MS);
  await changed;
  for (let n = 0; n < CHANGES_WHILE_STOPPED; n += 1) await changeThenSend(stage, others);
  leader.signal('SIGCONT');
  await changeThenSend(stage, others);
  await leader.ready();
}

async function changeThenSend(stage: Stage, processes: readonly ManagedService[]): Promise<void> {
  const { world, random } = stage;
  const integration = random.pick(world.integrations);
  await world.move(integration, (body) => patchUntilAcknowledged(stage, integration, processes, body));
  await world.senders[world.tenantIds.indexOf(integration.tenantId)]?.sendMany(EVENTS_AFTER);
}

async function patchUntilAcknowledged(
  { stack }: Stage,
  { id, tenantId }: WorldIntegration,
  processes: readonly ManagedService[],
  body: object,
): Promise<void> {
  const giveUpMs = performance.now() + ACKNOWLEDGED_WITHIN_MS;
  const headers = { 'if-match': '*', 'content-type': 'application/merge-patch+json' };
  for (let asked = 0; performance.now() < giveUpMs; asked += 1) {
    const { urls } = (processes[asked % processes.length] as ManagedService).plan;
    const api = new Api(urls.config ?? '', stack.adminKey, tenantId);
    const answer = await Promise.race([
      api.send('PATCH', `/v1/integrations/${id}`, { headers, body }).catch(() => null),
      sleep(ANSWER_MAX_MS, null, { ref: false }),
    ]);
    if (answer?.status === 200) return;
    if (answer && answer.status < 500)
      throw new Error(`PATCH answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    await sleep(ASK_AGAIN_MS);
  }
  throw new Error(`a change was not acknowledged within ${ACKNOWLEDGED_WITHIN_MS} ms`);
}
