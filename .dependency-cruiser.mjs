/** Module boundaries; `npm run check` runs them. A rule's comment is what a failing build prints. */
const TESTS = '\\.(spec|conformance|fake)\\.ts$';

const config = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'A cycle has no first step to read.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'apps-do-not-import-each-other',
      comment: 'Apps talk through topics; only all-in-one composes their modules.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/', pathNot: '^apps/all-in-one/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'libs-do-not-import-apps',
      comment: 'A library knows nothing of the services that use it.',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^(apps|tools|bench|e2e)/' },
    },
    {
      name: 'the-command-line-knows-the-public-api-only',
      comment: 'apps/cli is installed alone, and shows that the public API is enough.',
      severity: 'error',
      from: { path: '^apps/cli/', pathNot: TESTS },
      to: { path: '^(libs|tools|bench|e2e)/' },
    },
    {
      name: 'contracts-stand-alone',
      comment:
        'Contracts are what all others agree on; they, and what is pure beside them, know no other library of ours.',
      severity: 'error',
      from: { path: '^libs/(contracts|event-sourcing|templates)/', pathNot: TESTS },
      to: { path: '^libs/(?!contracts/|event-sourcing/|templates/)' },
    },
    {
      name: 'kafkajs-only-in-messaging',
      comment: 'kafkajs is unmaintained; only the adapter knows it (docs/adr).',
      severity: 'error',
      from: { pathNot: '^libs/messaging/' },
      to: { path: 'node_modules/kafkajs' },
    },
    {
      name: 'telemetry-sdk-only-in-service-runtime',
      comment: 'The OpenTelemetry SDK and its exporters are set up once.',
      severity: 'error',
      from: { pathNot: '^libs/service-runtime/' },
      to: { path: 'node_modules/@opentelemetry/(sdk|exporter|instrumentation|resources)' },
    },
    {
      name: 'http-clients-only-in-egress',
      comment: 'What a customer names is reached through the egress guard alone (docs/adr/0042).',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: ['^apps/dispatcher/src/egress/', TESTS, '^libs/testing/'] },
      to: { path: 'node_modules/undici/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'sockets-only-in-egress',
      comment:
        'A connection or a lookup that a service makes itself passes no egress guard; types, and the servers of tests, do no harm.',
      severity: 'error',
      from: {
        path: '^(apps|libs)/',
        pathNot: ['^apps/dispatcher/src/egress/', TESTS, '-under-test\\.ts$', '^libs/testing/'],
      },
      to: { path: '^(net|tls|http|https|http2|dgram|dns|dns/promises)$', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'typeorm-only-in-stores',
      comment: 'TypeORM belongs into stores, migrations and modules.',
      severity: 'error',
      from: {
        path: '^(apps|libs)/',
        pathNot: [
          '\\.(store\\.typeorm|migration|module|entity)\\.ts$',
          TESTS,
          '^libs/(service-runtime|event-store|testing)/',
        ],
      },
      to: { path: 'node_modules/typeorm', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'deciders-are-pure',
      comment: 'A decider knows neither Kafka, HTTP, Postgres, Nest nor the clock.',
      severity: 'error',
      from: { path: '\\.decider\\.ts$' },
      to: {
        path: [
          'node_modules/(kafkajs|undici|typeorm|pg|@nestjs|@opentelemetry|fastify)',
          '^libs/(messaging|service-runtime|event-store)/',
        ],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'fakes-only-in-tests',
      comment: 'A running service never uses a fake.',
      severity: 'error',
      from: { pathNot: [TESTS, '^libs/[^/]+/src/index\\.ts$', '^libs/testing/'] },
      to: { path: '\\.fake\\.ts$' },
    },
    {
      name: 'nothing-unresolvable',
      comment: 'An import that resolves to nothing breaks at run time.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['/dist/', '^node_modules/\\.'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['hookstile-source', 'import', 'node', 'types', 'default'],
      extensions: ['.ts', '.js', '.mjs', '.json'],
    },
  },
};

export default config;
