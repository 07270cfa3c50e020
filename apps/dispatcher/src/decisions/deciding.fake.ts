import {
  type Configuration,
  configurationKey,
  configurationV1,
  type Decision,
  type DecisionRuleConfiguration,
  decisionsV1,
  type SealedSecret,
  secretOwner,
  TOPIC_NAMES,
  topicName,
} from '@hookstile/contracts';
import { connectMessaging, type Follower, type Messaging, type RecordPublisher } from '@hookstile/messaging';
import { KeyRing, type RunningService, startService } from '@hookstile/service-runtime';
import {
  aDecisionRule,
  aTenantKey,
  createDatabaseSchema,
  type DatabaseSchema,
  type DecisionRuleOverrides,
  randomSuffix,
  testBrokers,
  until,
} from '@hookstile/testing';
import { dispatcherService } from '../dispatcher.module.js';

const PARTITIONS = 3;
const ADMIN_KEY = 'platform-key-of-a-test';
const ALLOWED = [{ type: 'allow' as const, key: 'status', value: 'ok' }];
const ENCRYPTION_KEYS = `k1:${Buffer.alloc(32, 5).toString('base64')}`;
const RING = KeyRing.parse(ENCRYPTION_KEYS);
const TENANT = 'ten_1';

export interface Answered {
  status: number;
  headers: Headers;
  body: Record<string, unknown>;
}

/** A dispatcher on real Kafka and Postgres that is asked for decisions, and what config would write. */
export class Deciding {
  readonly decisions: Decision[] = [];
  private service: RunningService | null = null;
  private follower: Follower | null = null;
  private readonly tenantKey = RING.newTenantKey(TENANT);

  private constructor(
    private readonly messaging: Messaging,
    private readonly publisher: RecordPublisher,
    private readonly database: DatabaseSchema,
    private readonly prefix: string,
  ) {}

  static async start(environment: NodeJS.ProcessEnv = {}): Promise<Deciding> {
    const prefix = `deciding-${randomSuffix()}.`;
    const messaging = await connectMessaging({ brokers: testBrokers(), clientId: 'decisions-test' });
    const partitionsOf = (name: string) => (name === 'configuration' ? 1 : PARTITIONS);
    const definitions = TOPIC_NAMES.map((name) => ({ name: topicName(prefix, name), partitions: partitionsOf(name) }));
    await messaging.createTopics(definitions, 1);
    const publisher = await messaging.publisher({ name: 'test' });
    const world = new Deciding(messaging, publisher, await createDatabaseSchema('deciding'), prefix);
    await world.begin(environment);
    return world;
  }

  get url(): string {
    return this.service?.url ?? '';
  }

  /** A secret of the rule with this id. */
  sealed(plain: string, ruleId: string): SealedSecret {
    return RING.secretsOf(TENANT, this.tenantKey).seal(plain, secretOwner('decision-rule', ruleId), 0);
  }

  async configure(overrides: DecisionRuleOverrides & { id: string }): Promise<DecisionRuleConfiguration> {
    const rule = aDecisionRule({
      ...overrides,
      settings: { name: overrides.id, responseActions: ALLOWED, ...overrides.settings },
    });
    await this.publish(rule);
    return rule;
  }

  private async publish(configuration: Configuration): Promise<void> {
    const record = configurationV1.encode(configurationKey(configuration.kind, configuration.id), configuration);
    await this.publisher.publish([{ ...record, topic: topicName(this.prefix, 'configuration'), partition: 0 }]);
  }

  async post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answered> {
    const response = await fetch(`${this.url}${path}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${ADMIN_KEY}`,
        'hookstile-tenant': TENANT,
        'content-type': 'application/json',
        ...headers,
      },
      body: JSON.stringify(body),
    });
    return { status: response.status, headers: response.headers, body: (await response.json()) as never };
  }

  decide(rule: string, context: unknown = {}, headers: Record<string, string> = {}): Promise<Answered> {
    return this.post('/v1/decisions', { rule, context }, headers);
  }

  async recorded(ruleId: string, count: number): Promise<Decision[]> {
    const ofRule = () => this.decisions.filter((decision) => decision.ruleId === ruleId);
    return until(() => (ofRule().length >= count ? ofRule() : null), { what: `${count} recorded decisions` });
  }

  async close(): Promise<void> {
    await this.service?.stop();
    await this.follower?.stop();
    await this.publisher.close(1_000);
    await this.messaging.close();
    await this.database.drop();
  }

  private async begin(environment: NodeJS.ProcessEnv): Promise<void> {
    await this.publish(aTenantKey(TENANT, this.tenantKey));
    this.follower = await this.messaging.follow({
      topic: topicName(this.prefix, 'decisions'),
      onRecords: (records) => {
        for (const record of records) {
          const decoded = decisionsV1.decode(record);
          if (decoded.outcome === 'decoded') this.decisions.push(decoded.value);
        }
      },
    });
    this.service = await startService(dispatcherService, {
      KAFKA_BROKERS: testBrokers().join(','),
      DATABASE_URL: this.database.url,
      DATABASE_SCHEMA: this.database.schema,
      HOOKSTILE_TOPIC_PREFIX: this.prefix,
      HOOKSTILE_PARTITIONS: String(PARTITIONS),
      HOOKSTILE_EGRESS_ALLOW: '127.0.0.0/8',
      HOOKSTILE_ADMIN_KEY: ADMIN_KEY,
      HOOKSTILE_ENCRYPTION_KEYS: ENCRYPTION_KEYS,
      HOOKSTILE_DECISIONS_PER_RULE_MAX: '20',
      LOG_LEVEL: process.env.LOG_LEVEL ?? 'warn',
      HOST: '127.0.0.1',
      ...environment,
    });
  }
}
