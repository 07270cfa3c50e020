import { setTimeout as sleep } from 'node:timers/promises';
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
import { APP_INTERCEPTOR } from '@nestjs/core';
import type { EntityManager } from 'typeorm';
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
import { AnswerPurge } from './idempotency/answer-purge.js';
import { AnswerSealer } from './idempotency/answer-sealer.js';
import { TypeormIdempotencyStore } from './idempotency/idempotency.store.typeorm.js';
import { IdempotencyInterceptor } from './idempotency/idempotency-interceptor.js';
import { IdempotentRequests } from './idempotency/idempotent-requests.js';
import { IntegrationHistoryController } from './integrations/integration-history.controller.js';
import { IntegrationHistory } from './integrations/integration-history.js';
import { IntegrationsController } from './integrations/integrations.controller.js';
import { Integrations } from './integrations/integrations.js';
import { MeController } from './me/me.controller.js';
import { DecisionRules1764500000000 } from './migrations/decision-rules.migration.js';
import { DomainEventForms1764600000000 } from './migrations/domain-event-forms.migration.js';
import { EventTypes1764900000000 } from './migrations/event-types.migration.js';
import { FirstTables1763798400000 } from './migrations/first-tables.migration.js';
import { IdempotencyKeys1795500000000 } from './migrations/idempotency-keys.migration.js';
import { IntegrationProfiles1795600000000 } from './migrations/integration-profiles.migration.js';
import { OperationalEvents1795400000000 } from './migrations/operational-events.migration.js';
import { StateBytes1795700000000 } from './migrations/state-bytes.migration.js';
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
  ANSWER_PURGE,
  API_KEYS,
  CHANGES,
  DECISION_RULES,
  EVENT_TYPES,
  IDEMPOTENCY_STORE,
  INTEGRATION_APPLY,
  INTEGRATION_HISTORY,
  INTEGRATIONS,
  ORIGIN_OF,
  OUTBOX_RELAY,
  PROFILES,
  READ_MODELS,
  READBACK,
  SIGNALS,
  TENANT_KEYS,
  TENANTS,
} from './tokens.js';

const DEFAULT_SCHEMA = 'config';

function provide<T>(token: symbol, inject: symbol[], useFactory: (...parts: never[]) => T): FactoryProvider<T> {
  return { provide: token, inject, useFactory: useFactory as FactoryProvider<T>['useFactory'] };
}

function idempotencyProviders({ dataSource, clock, logger }: ServiceContext<ConfigEnv>, schema: string) {
  type Store = TypeormIdempotencyStore;
  return [
    provide(IDEMPOTENCY_STORE, [], () => new TypeormIdempotencyStore(dataSource, schema)),
    provide(ANSWER_PURGE, [IDEMPOTENCY_STORE], (store: Store) => new AnswerPurge({ store, clock, logger })),
    {
      provide: APP_INTERCEPTOR,
      inject: [CHANGES, IDEMPOTENCY_STORE, TENANT_KEYS],
      useFactory: (changes: Changes<EntityManager>, store: Store, tenantKeys: TenantKeys<EntityManager>) => {
        const sealer = new AnswerSealer(tenantKeys, clock);
        return new IdempotencyInterceptor(new IdempotentRequests(changes, store, sealer, clock));
      },
    },
  ];
}

function providers(context: ServiceContext<ConfigEnv>, profiles: ProfileCatalog): FactoryProvider[] {
  const { dataSource, clock, randomBytes, env, messaging, logger } = context;
  const schema = env.DATABASE_SCHEMA || DEFAULT_SCHEMA;
  return [
    provide(READ_MODELS, [], () => new TypeormReadModelStore(dataSource, schema)),
    provide(OUTBOX_RELAY, [TOPICS], (topics: TopicsByName) => new Relay(context, schema, topics)),
    provide(
      CHANGES,
      [READ_MODELS, OUTBOX_RELAY, PARTITION_COUNT, TENANT_KEYS],
      (
        readModels: TypeormReadModelStore,
        relay: Relay,
        partitionCount: number,
        tenantKeys: TenantKeys<EntityManager>,
      ) => {
        const events = new TypeormEventStore(dataSource, schema);
        const tenantMaxBytes = env.HOOKSTILE_TENANT_CONFIGURATION_MAX_BYTES;
        return new Changes(events, readModels, relay, partitionCount, tenantKeys, tenantMaxBytes);
      },
    ),
    provide(
      TENANT_KEYS,
      [KEY_RING],
      (keyRing: KeyRing) => new TenantKeys(new TypeormTenantKeyStore(dataSource, schema), keyRing, () => clock.nowMs()),
    ),
    ...idempotencyProviders(context, schema),
    provide(PROFILES, [], () => profiles),
    provide(
      TENANTS,
      [CHANGES, READ_MODELS, IDEMPOTENCY_STORE],
      (changes: Changes, readModels: TypeormReadModelStore, answers: TypeormIdempotencyStore) =>
        new Tenants(changes, readModels, answers, profiles, clock, randomBytes),
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
      (changes: Changes, readModels: TypeormReadModelStore) => new EventTypes(changes, readModels, clock, sleep),
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
    @Inject(ANSWER_PURGE) private readonly purge: AnswerPurge,
    @Inject(READINESS) private readonly readiness: Readiness,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.readiness.register('outbox-relay', () => {
      if (!this.relay.isConnected) throw new Error('the outbox relay has no connection to the database');
    });
    await this.relay.start();
    this.readback.start();
    this.purge.start();
  }

  /** After the HTTP server has closed: every change was answered, or is stored and published after the next start. */
  async onApplicationShutdown(): Promise<void> {
    await this.purge.stop();
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
    IdempotencyKeys1795500000000,
    IntegrationProfiles1795600000000,
    StateBytes1795700000000,
  ],
  schema: DEFAULT_SCHEMA,
  bodyMaxBytes: { [APPLY_PATH]: APPLY_BODY_MAX_BYTES },
  strategies: (app) => [signalsTransport(app)],
});

export const configService = configServiceWith(BUILT_IN_PROFILES);
