import { TypeormEventStore } from '@hookstile/event-store';
import { BatchTransportStrategy } from '@hookstile/messaging/nest';
import {
  ENV,
  KEY_DIRECTORY,
  KEY_RING,
  type KeyRing,
  LOGGER,
  MESSAGING,
  originOf,
  PARTITION_COUNT,
  READINESS,
  type Readiness,
  type ServiceContext,
  type ServiceDefinition,
  TOPICS,
  type TopicsByName,
} from '@hookstile/service-runtime';
import {
  type DynamicModule,
  type FactoryProvider,
  type INestApplication,
  Inject,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { ApiKeysController } from './api-keys/api-keys.controller.js';
import { ApiKeys } from './api-keys/api-keys.js';
import { APPLY_BODY_MAX_BYTES } from './apply/apply.bounds.js';
import { APPLY_PATH, ApplyController } from './apply/apply.controller.js';
import { IntegrationApply } from './apply/integration-apply.js';
import { Changes, republish } from './changes/changes.js';
import type { OriginOf } from './changes/origin.js';
import { ConfigEnv } from './config.env.js';
import { IntegrationSignalsConsumer } from './consumes/integration-signals.consumer.js';
import { Signals } from './consumes/signals.js';
import { DecisionRulesController } from './decision-rules/decision-rules.controller.js';
import { DecisionRules } from './decision-rules/decision-rules.js';
import { EventTypesController } from './event-types/event-types.controller.js';
import { EventTypes } from './event-types/event-types.js';
import { IntegrationHistoryController } from './integrations/integration-history.controller.js';
import { IntegrationHistory } from './integrations/integration-history.js';
import { IntegrationsController } from './integrations/integrations.controller.js';
import { Integrations } from './integrations/integrations.js';
import { MeController } from './me/me.controller.js';
import { DecisionRules1764500000000 } from './migrations/decision-rules.migration.js';
import { DomainEventForms1764600000000 } from './migrations/domain-event-forms.migration.js';
import { EventTypes1764900000000 } from './migrations/event-types.migration.js';
import { FirstTables1763798400000 } from './migrations/first-tables.migration.js';
import { OperationalEvents1795400000000 } from './migrations/operational-events.migration.js';
import { TenantKeys1795300000000 } from './migrations/tenant-keys.migration.js';
import { RunNotices } from './operational-events/run-notices.js';
import { BUILT_IN_PROFILES } from './profiles/built-in-profiles.js';
import type { ProfileCatalog } from './profiles/profile-catalog.js';
import { ProfilesController } from './profiles/profiles.controller.js';
import { Readback } from './publishes/readback.js';
import { Relay } from './publishes/relay.js';
import { TypeormReadModelStore } from './read-models/read-model.store.typeorm.js';
import { TypeormTenantKeyStore } from './tenant-keys/tenant-key.store.typeorm.js';
import { TenantKeys } from './tenant-keys/tenant-keys.js';
import { TenantsController } from './tenants/tenants.controller.js';
import { Tenants } from './tenants/tenants.js';
import {
  API_KEYS,
  CHANGES,
  DECISION_RULES,
  EVENT_TYPES,
  INTEGRATION_APPLY,
  INTEGRATION_HISTORY,
  INTEGRATIONS,
  ORIGIN_OF,
  OUTBOX_RELAY,
  PROFILES,
  READ_MODELS,
  READBACK,
  SIGNALS,
  TENANTS,
} from './tokens.js';

const DEFAULT_SCHEMA = 'config';

function provide<T>(token: symbol, inject: symbol[], useFactory: (...parts: never[]) => T): FactoryProvider<T> {
  return { provide: token, inject, useFactory: useFactory as FactoryProvider<T>['useFactory'] };
}

function providers(context: ServiceContext<ConfigEnv>, profiles: ProfileCatalog): FactoryProvider[] {
  const { dataSource, clock, randomBytes, env, messaging, logger } = context;
  const schema = env.DATABASE_SCHEMA || DEFAULT_SCHEMA;
  return [
    provide(READ_MODELS, [], () => new TypeormReadModelStore(dataSource, schema)),
    provide(OUTBOX_RELAY, [TOPICS], (topics: TopicsByName) => new Relay(context, schema, topics)),
    provide(
      CHANGES,
      [READ_MODELS, OUTBOX_RELAY, PARTITION_COUNT, KEY_RING],
      (readModels: TypeormReadModelStore, relay: Relay, partitionCount: number, keyRing: KeyRing) =>
        new Changes(
          new TypeormEventStore(dataSource, schema),
          readModels,
          relay,
          partitionCount,
          new TenantKeys(new TypeormTenantKeyStore(dataSource, schema), keyRing, () => clock.nowMs()),
        ),
    ),
    provide(PROFILES, [], () => profiles),
    provide(
      TENANTS,
      [CHANGES, READ_MODELS],
      (changes: Changes, readModels: TypeormReadModelStore) =>
        new Tenants(changes, readModels, profiles, clock, randomBytes),
    ),
    provide(
      API_KEYS,
      [CHANGES, READ_MODELS],
      (changes: Changes, readModels: TypeormReadModelStore) => new ApiKeys(changes, readModels, clock, randomBytes),
    ),
    provide(
      INTEGRATIONS,
      [CHANGES, READ_MODELS],
      (changes: Changes, readModels: TypeormReadModelStore) =>
        new Integrations(changes, readModels, profiles, clock, randomBytes),
    ),
    provide(
      INTEGRATION_APPLY,
      [CHANGES],
      (changes: Changes) => new IntegrationApply(changes, profiles, clock, randomBytes),
    ),
    provide(
      INTEGRATION_HISTORY,
      [READ_MODELS],
      (readModels: TypeormReadModelStore) =>
        new IntegrationHistory(new TypeormEventStore(dataSource, schema), readModels),
    ),
    provide(
      DECISION_RULES,
      [CHANGES, READ_MODELS],
      (changes: Changes, readModels: TypeormReadModelStore) =>
        new DecisionRules(changes, readModels, clock, randomBytes),
    ),
    provide(
      EVENT_TYPES,
      [CHANGES, READ_MODELS],
      (changes: Changes, readModels: TypeormReadModelStore) => new EventTypes(changes, readModels, clock),
    ),
    provide(
      SIGNALS,
      [CHANGES, READ_MODELS],
      (changes: Changes, readModels: TypeormReadModelStore) =>
        new Signals(changes, readModels, new RunNotices(changes, readModels), clock, logger),
    ),
    provide(
      READBACK,
      [CHANGES, READ_MODELS, OUTBOX_RELAY, TOPICS],
      (changes: Changes, readModels: TypeormReadModelStore, relay: Relay, topics: TopicsByName) =>
        new Readback({
          messaging,
          topic: topics('configuration'),
          readModels,
          tenantKeys: new TypeormTenantKeyStore(dataSource, schema),
          isLeading: () => relay.isLeading,
          republish: (kind, id) => republish(changes, kind, id),
          monotonicMs: () => clock.monotonicMs(),
          logger,
        }),
    ),
    provide(KEY_DIRECTORY, [API_KEYS], (apiKeys: ApiKeys) => apiKeys),
    provide(ORIGIN_OF, [], (): OriginOf => (principal, header) => originOf(principal, header, clock, randomBytes)),
  ];
}

@Module({})
export class ConfigModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    @Inject(OUTBOX_RELAY) private readonly relay: Relay,
    @Inject(READBACK) private readonly readback: Readback,
    @Inject(READINESS) private readonly readiness: Readiness,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.readiness.register('outbox-relay', () => {
      if (!this.relay.isConnected) throw new Error('the outbox relay has no connection to the database');
    });
    await this.relay.start();
    this.readback.start();
  }

  /** After the HTTP server has closed: every change was answered, or is stored and published after the next start. */
  async onApplicationShutdown(): Promise<void> {
    await this.readback.stop();
    await this.relay.stop();
  }

  static of(context: ServiceContext<ConfigEnv>, profiles: ProfileCatalog): DynamicModule {
    return {
      module: ConfigModule,
      controllers: [
        TenantsController,
        ApiKeysController,
        MeController,
        ProfilesController,
        IntegrationsController,
        IntegrationHistoryController,
        ApplyController,
        DecisionRulesController,
        EventTypesController,
        IntegrationSignalsConsumer,
      ],
      providers: providers(context, profiles),
    };
  }
}

function signalsTransport(app: INestApplication): BatchTransportStrategy {
  const { HOOKSTILE_TOPIC_PREFIX: prefix } = app.get<ConfigEnv>(ENV);
  const strategy = new BatchTransportStrategy({
    messaging: app.get(MESSAGING),
    groupId: `${prefix}config`,
    topicOf: (pattern) => `${prefix}${pattern}`,
    logger: app.get(LOGGER),
  });
  app.get<Readiness>(READINESS).register('partitions', () => strategy.checkHealth());
  return strategy;
}

/** The service with other profiles than the built-in ones, as a later release has them. */
export const configServiceWith = (profiles: ProfileCatalog): ServiceDefinition<ConfigEnv> => ({
  name: 'config',
  env: ConfigEnv,
  module: (context) => ConfigModule.of(context, profiles),
  migrations: [
    FirstTables1763798400000,
    DecisionRules1764500000000,
    DomainEventForms1764600000000,
    EventTypes1764900000000,
    OperationalEvents1795400000000,
    TenantKeys1795300000000,
  ],
  schema: DEFAULT_SCHEMA,
  bodyMaxBytes: { [APPLY_PATH]: APPLY_BODY_MAX_BYTES },
  strategies: (app) => [signalsTransport(app)],
});

export const configService = configServiceWith(BUILT_IN_PROFILES);
