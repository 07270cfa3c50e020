import type { Condition, Plan, Role, SealedSecret } from '@hookstile/contracts';
import { decisionRuleSettings, integrationSettings } from '@hookstile/testing';
import fc from 'fast-check';
import { apiKeyAggregate } from '../api-keys/api-key-aggregate.js';
import { decisionRuleAggregate } from '../decision-rules/decision-rule-aggregate.js';
import { eventTypeAggregate } from '../event-types/event-type-aggregate.js';
import type { IntegrationCommand } from '../integrations/integration.decider.js';
import { integrationAggregate } from '../integrations/integration-aggregate.js';
import { tenantAggregate } from '../tenants/tenant-aggregate.js';
import type { Aggregate, Happened, Versioned } from './aggregate.js';
import type { Change } from './changes.js';

/** A command on its way to an aggregate, told in one line where a property fails. */
export interface AnyCommand {
  on: string;
  command: object;
  carryOut(change: Change): Promise<unknown>;
}

const IDS_A_KIND = 2;
const FIRST_MS = Date.parse('2026-01-02T03:04:05.678Z');

const at = fc.nat({ max: 1_000_000 }).map((ms) => new Date(FIRST_MS + ms).toISOString());
const tenantId = fc.constantFrom('ten_0', 'ten_1');
/** Postgres has no place for the character 0 in JSON; the front refuses it as well. */
const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).map((text) => text.replaceAll('\u0000', ''));
const json = fc.jsonValue({ maxDepth: 2, stringUnit: fc.constantFrom('a', 'Z', '"', '\\', 'é', '😀', ' ') });
const plan = fc.constantFrom<Plan>('standard', 'enterprise');
const role = fc.constantFrom<Role>('viewer', 'editor', 'admin', 'producer');
const secret: fc.Arbitrary<SealedSecret> = fc.record({
  keyId: fc.constant('tenant:ten_0'),
  dataKey: fc.record({ nonce: fc.base64String(), ciphertext: fc.base64String() }),
  nonce: fc.base64String(),
  ciphertext: fc.base64String(),
  lastFour: fc.string({ unit: 'binary-ascii', maxLength: 4 }).map((text) => text.replaceAll('\u0000', '0')),
  updatedAt: at,
});
const headers = fc.dictionary(fc.constantFrom('X-Z', 'X-A', 'Zebra', 'a'), secret, { maxKeys: 3 });

const condition: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({
    pointer: fc.constantFrom('/subject', '/data/a'),
    op: fc.constantFrom('eq', 'ne', 'contains'),
    value: fc.oneof(name, fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(), fc.constant(null)),
  }),
  fc.record({ pointer: fc.constant('/type'), op: fc.constantFrom('in', 'not_in'), value: fc.array(name) }),
);

const settings = fc
  .record({
    name,
    eventTypes: fc.array(name, { minLength: 1, maxLength: 3 }),
    filter: fc.option(fc.array(condition, { minLength: 1, maxLength: 2 }), { nil: undefined }),
    disableAfter: fc.option(fc.nat()),
    rateLimit: fc.option(fc.record({ perSecond: fc.nat() })),
    headers,
    signed: fc.boolean(),
    secret,
    profileVersion: fc.integer({ min: 1, max: 3 }),
  })
  .map(({ headers: given, signed, secret: key, filter, ...own }) => {
    const { request } = integrationSettings();
    const sign = { scheme: 'standard-webhooks', algorithm: 'hmac-sha256', secret: key } as const;
    return integrationSettings({
      ...own,
      ...(filter ? { filter } : {}),
      request: { ...request, headers: given, sign: signed ? sign : request.sign, tls: { verify: true } },
    });
  });
const ruleSettings = fc
  .record({ name, headers, value: json, cacheSeconds: fc.nat() })
  .map(({ value, ...own }) =>
    decisionRuleSettings({ ...own, responseActions: [{ type: 'allow', key: 'status', value }] }),
  );

function commandsOf<C extends object, D extends Happened, S extends Versioned, P extends S>(
  aggregate: Aggregate<C, D, S, P>,
  command: fc.Arbitrary<C>,
): fc.Arbitrary<AnyCommand> {
  return fc.record({ n: fc.nat({ max: IDS_A_KIND - 1 }), command }).map(({ n, command: given }) => {
    const id = aggregate.kind === 'tenant' ? `ten_${n}` : `${aggregate.name}_${n}`;
    const carryOut = async (change: Change) => (await change.loadOfAny(aggregate, id)).execute(given);
    return { on: id, command: given, carryOut };
  });
}

const type = <const T extends string>(text: T) => fc.constant(text);
const created = { type: type('create'), at, tenantId };

const integrationCommand: fc.Arbitrary<IntegrationCommand> = fc.oneof(
  fc.record({ ...created, settings, enabled: fc.boolean() }),
  fc.record({ type: type('update'), at, settings }),
  fc.record({
    type: type('enable'),
    at,
    backlog: fc.constantFrom('deliver', 'discard'),
    mayEnableAfterFailures: fc.boolean(),
  }),
  fc.record({ type: type('disable'), at, reason: fc.constantFrom('admin', 'plan'), note: fc.option(name) }),
  fc.record({
    type: type('request-disable'),
    at,
    enablement: fc.integer({ min: 1, max: 3 }),
    reason: fc.constantFrom('consecutive_failures', 'gone'),
  }),
  fc.record({ type: type('rotate-secret'), at, secret, publicKey: fc.constant(null), previousUntil: fc.option(at) }),
  fc.record({ type: type('delete'), at }),
);

/** Any command of any aggregate; deletions are as likely as anything else, so that streams go on behind them. */
export const anyCommand: fc.Arbitrary<AnyCommand> = fc.oneof(
  commandsOf(
    tenantAggregate,
    fc.oneof(
      fc.record({ type: fc.constantFrom('create', 'update'), at, name, plan }),
      fc.record({ type: type('delete'), at }),
    ),
  ),
  commandsOf(
    apiKeyAggregate,
    fc.oneof(fc.record({ ...created, name, role, hash: fc.uuid() }), fc.record({ type: type('delete'), at })),
  ),
  commandsOf(
    eventTypeAggregate,
    fc.oneof(
      fc.record({
        type: type('define'),
        at,
        tenantId: fc.constant('ten_0'),
        eventType: fc.constant('device.seen'),
        definition: fc.record({ description: name, schema: fc.option(fc.dictionary(name, json)), example: json }),
      }),
      fc.record({ type: type('delete'), at }),
    ),
  ),
  commandsOf(
    decisionRuleAggregate,
    fc.oneof(
      fc.record({ ...created, settings: ruleSettings, enabled: fc.boolean() }),
      fc.record({ type: type('update'), at, settings: ruleSettings }),
      fc.record({ type: fc.constantFrom('enable', 'disable', 'delete'), at }),
    ),
  ),
  commandsOf(integrationAggregate, integrationCommand),
);
