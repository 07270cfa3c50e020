import { defineConfig } from 'vitest/config';

const resolve = { conditions: ['hookstile-source', 'node', 'import', 'default'] };
// Without 'import': Vitest hands these conditions to Node as well, where a CommonJS require would then get an ES module.
const ssr = { resolve: { conditions: ['hookstile-source', 'node', 'default'] } };
const exclude = ['**/node_modules/**', '**/dist/**'];
/** Specs that put other modules into the place of those they import. */
const APART = '**/*.apart.spec.ts';
/** These tests wait for brokers, databases and timers most of their time, more than they keep a processor busy. */
const INTEGRATION_FILES_AT_ONCE = 4;
/** Each runs a whole stack. */
const E2E_FILES_AT_ONCE = 2;

export default defineConfig({
  resolve,
  ssr,
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['{apps,libs,e2e,bench,tools}/**/*.spec.ts'],
          exclude: [...exclude, '**/*.int.spec.ts', '**/*.e2e.spec.ts', APART],
          // Loading the modules anew for each file took most of the time.
          isolate: false,
        },
      },
      {
        extends: true,
        test: { name: 'unit-apart', include: [`{apps,libs,e2e,bench,tools}/${APART}`], exclude },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['{apps,libs,tools}/**/*.int.spec.ts'],
          exclude,
          globalSetup: ['tools/test/backing-services.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
          isolate: false,
          maxWorkers: INTEGRATION_FILES_AT_ONCE,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['e2e/**/*.e2e.spec.ts'],
          exclude,
          globalSetup: ['tools/test/backing-services.ts'],
          testTimeout: 120_000,
          hookTimeout: 180_000,
          maxWorkers: E2E_FILES_AT_ONCE,
        },
      },
    ],
  },
});
