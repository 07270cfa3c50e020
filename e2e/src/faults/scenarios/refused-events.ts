import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { Api } from '../../api.ts';
import type { Scenario } from './scenario.types.ts';
import type { Stage } from './stage.ts';
import { HEALTHY } from './worlds.ts';

const AWAY_MS = 60_000;
/** The same load while all is well: what it takes then is no growth. */
const BEFORE_MS = 15_000;
const SUCCESSES_BEFORE = 60;
const PRODUCERS = 64;
const DATA_BYTES = 32 * 1024;
const ANSWER_TIMEOUT_MS = 30_000;
const GROWTH_MAX_MIB = 100;
const LOOK_INTERVAL_MS = 250;

/** Producers that do not slow down must not be able to fill the front door's memory. */
export const eventsWhileBrokerAway: Scenario = {
  name: 'events-while-broker-away',
  about: 'the broker is away for 60 s while producers press on: only 503s, and memory stays bounded',
  dispatchers: 1,
  world: HEALTHY,
  count: 1,
  run: async (stage) => {
    const notes: string[] = [];
    stage.world.startSending();
    for (let times = 0; times < stage.count; times += 1) {
      const tenantId = await tenantWithoutIntegrations(stage);
      const before = await press(stage, tenantId, BEFORE_MS);
      await stage.moreSuccesses(SUCCESSES_BEFORE);
      await stage.stack.kafka.end('in order');
      notes.push(judged(before, await press(stage, tenantId, AWAY_MS)));
      await stage.stack.kafka.start();
      await stage.moreSuccesses(SUCCESSES_BEFORE);
    }
    return notes;
  },
};

/** What arrives after all makes no delivery that the oracle would not expect. */
async function tenantWithoutIntegrations({ stack, random }: Stage): Promise<string> {
  const id = `pressing-${random.whole(0, Number.MAX_SAFE_INTEGER - 1).toString(36)}`;
  const body = { id, name: id, plan: 'standard' };
  await new Api(stack.urlOf('config'), stack.adminKey).expect(201, 'POST', '/v1/tenants', { body });
  return id;
}

interface Pressed {
  /** How often each answer was given. */
  answers: ReadonlyMap<string, number>;
  /** The most that the front door took, in MiB. */
  residentMib: number;
}

/** Producers that each send the next event as soon as the one before is answered. */
async function press({ stack }: Stage, tenantId: string, forMs: number): Promise<Pressed> {
  const { pid } = stack.service('front-door');
  const pool = new Pool(stack.urlOf('front-door'), { connections: PRODUCERS, headersTimeout: ANSWER_TIMEOUT_MS });
  const headers = {
    authorization: `Bearer ${stack.adminKey}`,
    'hookstile-tenant': tenantId,
    'content-type': 'application/json',
  };
  const body = JSON.stringify({ type: 'pressing', data: 'x'.repeat(DATA_BYTES) });
  const answers = new Map<string, number>();
  let mostMib = 0;
  const endsAtMs = performance.now() + forMs;
  const produce = async () => {
    while (performance.now() < endsAtMs) {
      const answer = await pool.request({ method: 'POST', path: '/v1/events', headers, body });
      await answer.body.dump();
      const name = `${answer.statusCode}${answer.headers['retry-after'] === undefined ? '' : ' with Retry-After'}`;
      answers.set(name, (answers.get(name) ?? 0) + 1);
    }
  };
  const look = async () => {
    while (performance.now() < endsAtMs) {
      mostMib = Math.max(mostMib, residentMib(pid));
      await sleep(LOOK_INTERVAL_MS);
    }
  };
  await Promise.all([look(), ...Array.from({ length: PRODUCERS }, produce)]);
  await pool.destroy();
  return { answers, residentMib: mostMib };
}

function judged(before: Pressed, away: Pressed): string {
  const said = [...away.answers].map(([name, count]) => `${count} × ${name}`).join(', ');
  if ([...away.answers.keys()].some((name) => name !== '503 with Retry-After')) throw new Error(`answered ${said}`);
  const grownMib = away.residentMib - before.residentMib;
  const memory = `the front door took ${away.residentMib.toFixed(0)} MiB, ${before.residentMib.toFixed(0)} before it`;
  if (grownMib > GROWTH_MAX_MIB) throw new Error(memory);
  return `${said} in ${AWAY_MS / 1_000} s; ${memory}`;
}

function residentMib(pid: number): number {
  const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kib) / 1_024;
}
