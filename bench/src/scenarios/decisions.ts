import { Child } from '../child.ts';
import type {
  DecideCommand,
  Decided,
  DecideReport,
  DecideRun,
  HookCommand,
  HookReport,
} from '../decide/decide.types.ts';
import { type Figure, type FiguresResult, figure } from '../measure/figures.ts';
import { percentilesOf } from '../measure/percentiles.ts';
import { cpuMsOf } from '../measure/process-usage.ts';
import type { BenchOptions } from '../options.ts';
import { OwnStack, type RunningService } from '../own-stack.ts';
import { create, createTenant } from '../tenant.ts';

const RULES = 10;
/** Rules whose hooks never answer, each asked so often a second that all wait for its deadline until its circuit opens. */
const HANGING_RULES = 20;
const HANGING_RATE = 100;
const HANGING_TIMEOUT_MS = 2_000;
/** Of the paced callers: enough that none waits for another, with hooks that are well. */
const PACED_CONNECTIONS = 16;
const CLOSED_CONNECTIONS = 32;
/** Of callers whose hooks hang. */
const PATIENT_CONNECTIONS = 400;
const SETTLE_MS = 2_000;
const OVERHEAD_WANTED_MS = 10;
const RATE_WANTED = 1_500;
const UNHURT_RATIO = 2;

interface World {
  options: BenchOptions;
  dispatcher: RunningService;
  target: Pick<DecideRun, 'host' | 'port' | 'key'>;
  wellIds: string[];
  hangingIds: string[];
}

async function createRules(stack: OwnStack, tenantId: string, hookPort: number) {
  const createRule = async (path: string, settings: object) => {
    const rule = {
      name: path,
      method: 'POST',
      url: `http://127.0.0.1:${hookPort}/${path}`,
      headers: { 'X-Language': '%headers.Accept-Language%' },
      body: '{"user":"%username%","groups":"%groups%","from":"%remote_ip%"}',
      responseActions: [{ type: 'allow', key: 'status', value: 'ok' }],
      ...settings,
    };
    return (await create<{ id: string }>(stack.api, '/v1/decision-rules', rule, tenantId)).id;
  };
  const rules = (count: number, folder: string, settings: object) =>
    Promise.all(Array.from({ length: count }, (_, index) => createRule(`${folder}/${index}`, settings)));
  return {
    wellIds: await rules(RULES, 'well', {}),
    hangingIds: await rules(HANGING_RULES, 'hang', { timeoutMs: HANGING_TIMEOUT_MS }),
  };
}

async function open(options: BenchOptions, stack: OwnStack, hookPort: number): Promise<World> {
  const config = await stack.startService('config');
  const tenant = await createTenant(stack.api, { integrations: 0, urlOf: () => '' });
  const { wellIds, hangingIds } = await createRules(stack, tenant.id, hookPort);
  await config.stop();
  const dispatcher = await stack.startService('dispatcher');
  const { hostname: host, port } = new URL(dispatcher.url);
  return { options, dispatcher, target: { host, port: Number(port), key: tenant.key }, wellIds, hangingIds };
}

async function decide(
  { target, wellIds, options }: World,
  plan: Pick<DecideRun, 'connections' | 'ratePerSecond'> & Partial<DecideRun>,
): Promise<Decided> {
  const caller = new Child<DecideCommand, DecideReport>('./decide/decide-process.ts');
  try {
    const run = { ...target, ruleIds: wellIds, settleMs: SETTLE_MS, durationMs: options.seconds * 1_000, ...plan };
    return await caller.ask({ kind: 'run', run }, 'done');
  } finally {
    caller.end();
  }
}

function refuseOthers({ codes }: Decided): void {
  if (Object.keys(codes).some((code) => code !== 'matched'))
    throw new Error(`not all granted: ${JSON.stringify(codes)}`);
}

async function measure(world: World): Promise<Figure[]> {
  const { options, dispatcher, hangingIds } = world;
  const paced = { connections: PACED_CONNECTIONS, ratePerSecond: options.rate };
  const closed = { connections: CLOSED_CONNECTIONS, ratePerSecond: null };
  await decide(world, { ...closed, durationMs: options.warmUpSeconds * 1_000 });
  const alone = await decide(world, paced);
  const cpuMs = cpuMsOf(dispatcher.pid);
  const most = await decide(world, closed);
  const cpuMsEach =
    (cpuMsOf(dispatcher.pid) - cpuMs) / Object.values(most.codes).reduce((sum, count) => sum + count, 0);
  const [beside, hanging] = await Promise.all([
    decide(world, paced),
    decide(world, { connections: PATIENT_CONNECTIONS, ratePerSecond: HANGING_RATE, ruleIds: hangingIds }),
  ]);
  for (const one of [alone, most, beside]) refuseOthers(one);
  const [p, q, h] = [alone, beside, hanging].map(({ latenciesMs }) => percentilesOf(latenciesMs)) as [P, P, P];
  return [
    figure(`overhead at ${options.rate}/s: p50`, p.p50, 'ms', 1),
    figure(`overhead at ${options.rate}/s: p99`, p.p99, 'ms', 1, { atMost: OVERHEAD_WANTED_MS }),
    figure(`decisions of one process, ${CLOSED_CONNECTIONS} callers`, most.perSecond, '/s', 0, {
      atLeast: RATE_WANTED,
    }),
    figure('CPU of the dispatcher', cpuMsEach, 'ms', 3),
    figure('beside hanging hooks: p50', q.p50, 'ms', 1),
    figure('beside hanging hooks: p99', q.p99, 'ms', 1),
    figure('beside hanging hooks: p50 against without', q.p50 / p.p50, '×', 2, { atMost: UNHURT_RATIO }),
    figure('of hanging hooks: longest', h.max, 'ms', 0, { atMost: HANGING_TIMEOUT_MS * UNHURT_RATIO }),
    figure('of hanging hooks: deadlines', hanging.codes.timeout ?? 0, ''),
    figure('of hanging hooks: left alone', hanging.codes.circuit_open ?? 0, ''),
  ];
}

type P = ReturnType<typeof percentilesOf>;

/** One dispatcher that is asked for decisions, with hooks that answer at once, and beside them some that never do. */
export async function decisions(options: BenchOptions): Promise<FiguresResult> {
  const stack = await OwnStack.start(options);
  const hook = new Child<HookCommand, HookReport>('./decide/hook-process.ts');
  try {
    const { port } = await hook.ask({ kind: 'listen' }, 'listening');
    const world = await open(options, stack, port);
    const figures = await measure(world);
    await world.dispatcher.stop();
    const title = `${options.seconds} s each, ${RULES} rules, each decision asked of a hook that answers at once, recorded`;
    return { scenario: 'decisions', title, figures };
  } finally {
    hook.end();
    await stack.stop();
  }
}
