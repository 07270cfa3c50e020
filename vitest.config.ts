import { defineConfig } from 'vitest/config';

const resolve = { conditions: ['hookstile-source', 'node', 'import', 'default'] };
// Without 'import': Vitest hands these conditions to Node as well, where a CommonJS require would then get an ES module.
const ssr = { resolve: { conditions: ['hookstile-source', 'node', 'default'] } };
const exclude = ['**/node_modules/**', '**/dist/**'];

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
          exclude: [...exclude, '**/*.int.spec.ts', '**/*.e2e.spec.ts'],
        },
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
          fileParallelism: false,
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
          fileParallelism: false,
        },
      },
    ],
  },
});
