import { connectMessaging } from '@hookstile/messaging';
import { until } from '@hookstile/testing';
import { Api } from '../../api.ts';
import { CountingReceiver } from '../accounting/counting-receiver.ts';
import { type Account, ExpectedAccounts, WANTED, type Wanted } from '../accounting/mixed-events.ts';
import { MixedProducer } from '../accounting/mixed-producer.ts';
import type { FaultStack } from '../stack/fault-stack.ts';
import type { Scenario } from './scenario.types.ts';
import type { Stage } from './stage.ts';
import { HEALTHY } from './worlds.ts';

const TENANTS = 3;
const EVENTS_A_KILL = 2_000;
const GROUPS = { router: 'hookstile.router', audit: 'hookstile.audit' } as const;
const VICTIMS = ['front-door', 'router', 'audit'] as const;
/** Longer than the views take for the whole of it after the last kill. */
const VIEWS_TIMEOUT_MS = 300_000;
const VIEWS_POLL_MS = 500;
/** How each integration's deliveries end. */
const ENDS: Readonly<Record<Wanted, string>> = { good: 'delivered', failing: 'failed', held: 'held' };

/** Beside a world that the oracle judges, tenants of its own whose every record is accounted for. */
export const accounting: Scenario = {
  name: 'accounting',
  about: 'events of every fate while front door, router and audit are killed: the sums over outcomes are what was sent',
  dispatchers: 1,
  world: HEALTHY,
  count: 50,
  run: async (stage) => {
    const { stack } = stage;
    const receiver = await CountingReceiver.start();
    const messaging = await connectMessaging({ brokers: stack.direct.kafkaBrokers, clientId: 'faults-producer' });
    const publisher = await messaging.publisher({ name: 'accounting' });
    try {
      const tenantIds = await tenantsOf(stage, receiver.url);
      const producers = tenantIds.map(
        (tenantId) =>
          new MixedProducer({
            tenantId,
            frontDoorUrl: stack.urlOf('front-door'),
            key: stack.adminKey,
            publisher,
            random: stage.random,
          }),
      );
      stage.world.startSending();
      const kills = await sendWithKills(stage, producers);
      await stage.world.stopSending();
      const expected = await ExpectedAccounts.read(stack.direct.kafkaBrokers, tenantIds);
      await viewsAre(stack, expected);
      nothingLost(producers, expected);
      eachOnce(receiver, expected);
      return notesOf(producers, expected, kills);
    } finally {
      await publisher.close(5_000);
      await messaging.close();
      await receiver.close();
    }
  },
};

async function tenantsOf({ stack, random }: Stage, receiverUrl: string): Promise<string[]> {
  const name = `accounting-${random.whole(0, Number.MAX_SAFE_INTEGER - 1).toString(36)}`;
  const tenantIds = Array.from({ length: TENANTS }, (_, n) => `${name}-${n}`);
  for (const id of tenantIds) {
    const body = { id, name: id, plan: 'standard' };
    await new Api(stack.urlOf('config'), stack.adminKey).expect(201, 'POST', '/v1/tenants', { body });
    const api = new Api(stack.urlOf('config'), stack.adminKey, id);
    for (const [wanted, pattern] of Object.entries(WANTED)) {
      const integration = {
        name: wanted,
        url: `${receiverUrl}/${wanted}`,
        enabled: wanted !== 'held',
        eventTypes: [pattern],
        retry: { delaysMs: [] },
        disableAfter: null,
        disableAfterMs: null,
      };
      await api.expect(201, 'POST', '/v1/integrations', { body: integration });
    }
  }
  return tenantIds;
}

/** Producers send until each kill has had its share of events before it, and some after the last. */
async function sendWithKills(stage: Stage, producers: readonly MixedProducer[]): Promise<string> {
  const sent = () => producers.reduce((sum, producer) => sum + producer.sent, 0);
  const goal = stage.count * EVENTS_A_KILL;
  const sending = Promise.all(
    producers.map(async (producer) => {
      while (sent() < goal) await producer.sendBatch();
    }),
  );
  sending.catch(() => {});
  const kills = { 'front-door': 0, router: 0, audit: 0 };
  for (let kill = 0; kill < stage.count; kill += 1) {
    const victim = VICTIMS[kill % VICTIMS.length] ?? 'audit';
    const share = kill * EVENTS_A_KILL + stage.random.whole(0, EVENTS_A_KILL - 1);
    await Promise.race([sending, until(() => sent() > share, { timeoutMs: VIEWS_TIMEOUT_MS, what: 'more events' })]);
    const service = stage.stack.service(victim);
    await service.kill();
    kills[victim] += 1;
    if (victim === 'front-door') await service.start();
    else await stage.comeBack(service, GROUPS[victim]);
  }
  await sending;
  return Object.entries(kills)
    .map(([victim, count]) => `${victim} ${count}×`)
    .join(', ');
}

/** Per tenant, exactly. */
async function viewsAre(stack: FaultStack, expected: ExpectedAccounts): Promise<void> {
  let differences: string[] = [];
  const areEqual = async () => {
    differences = [];
    for (const [tenantId, account] of expected.byTenant) {
      const [wanted, shown] = [sumsOf(account), await shownOf(stack, tenantId)];
      for (const name of new Set([...Object.keys(wanted), ...Object.keys(shown)])) {
        const [want, show] = [wanted[name] ?? 0, shown[name] ?? 0];
        if (want !== show) differences.push(`${tenantId}: ${show} ${name} instead of ${want}`);
      }
    }
    return differences.length === 0;
  };
  await until(areEqual, { timeoutMs: VIEWS_TIMEOUT_MS, intervalMs: VIEWS_POLL_MS, what: 'the accounts' }).catch(() => {
    throw new Error(`the accounts differ: ${differences.join('; ')}`);
  });
}

function sumsOf({ outcomes, deliveries }: Account): Record<string, number> {
  const ended = Object.entries(deliveries).map(([wanted, count]) => [`deliveries ${ENDS[wanted as Wanted]}`, count]);
  return { ...outcomes, ...Object.fromEntries(ended) };
}

async function shownOf(stack: FaultStack, tenantId: string): Promise<Record<string, number>> {
  const rows = await stack.query<{ name: string; count: number }>(
    `select outcome as name, count(*)::int from audit.events where tenant_id = $1 group by 1
     union all select 'deliveries ' || status, count(*)::int from audit.deliveries where tenant_id = $1 group by 1`,
    [tenantId],
  );
  return Object.fromEntries(rows.map(({ name, count }) => [name, count]));
}

function nothingLost(producers: readonly MixedProducer[], { byTenant }: ExpectedAccounts): void {
  const taken = [...byTenant.values()].map((account) => account.taken);
  const lost = producers.flatMap(({ acknowledged }, n) => [...acknowledged].filter((id) => !taken[n]?.has(id)));
  if (lost.length > 0) throw new Error(`${lost.length} acknowledged events are not in the topic, such as ${lost[0]}`);
}

function eachOnce({ taken }: CountingReceiver, { byTenant }: ExpectedAccounts): void {
  const good = [...byTenant.values()].reduce((sum, { deliveries }) => sum + deliveries.good, 0);
  const twice = [...taken.values()].filter((count) => count > 1).length;
  if (taken.size !== good || twice > 0) {
    throw new Error(`the receiver took ${taken.size} deliveries instead of ${good}, ${twice} of them more than once`);
  }
}

function notesOf(producers: readonly MixedProducer[], { byTenant }: ExpectedAccounts, kills: string): string[] {
  const sum = (count: (account: Account) => number) =>
    [...byTenant.values()].reduce((total, account) => total + count(account), 0);
  const again = producers.reduce((total, { sentAgain }) => total + sentAgain, 0);
  const outcomes = (['routed', 'filtered', 'duplicate', 'rejected'] as const).map(
    (name) => `${sum((account) => account.outcomes[name])} ${name}`,
  );
  const deliveries = (Object.keys(ENDS) as Wanted[]).map(
    (name) => `${sum((account) => account.deliveries[name])} ${ENDS[name]}`,
  );
  return [
    `${sum(({ records }) => records)} records: ${outcomes.join(', ')}; deliveries: ${deliveries.join(', ')}`,
    `killed: ${kills}; ${again} batches were sent again`,
  ];
}
