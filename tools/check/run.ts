import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { programStep, REPOSITORY, runStep, type Step } from './steps.ts';
import { tidy } from './tidy.ts';

const STEPS: readonly Step[] = [
  programStep('format and lint', '@biomejs/biome/bin/biome', ['check', '--error-on-warnings', '.']),
  programStep('types', 'typescript-native/bin/tsc', ['-b']),
  programStep('types of tools', 'typescript-native/bin/tsc', ['-p', 'tools']),
  programStep('module boundaries and cycles', 'dependency-cruiser/bin/dependency-cruiser.mjs', [
    '--config',
    '.dependency-cruiser.mjs',
    'apps',
    'libs',
  ]),
  {
    name: 'tidy',
    run: async () => {
      const problems = tidy(REPOSITORY);
      return { passed: problems.length === 0, output: problems.join('\n') };
    },
  },
  {
    name: 'packages: pinned, licensed, without scripts',
    run: async () => {
      const { packageProblems } = await import('../supply-chain/package-problems.ts');
      const problems = packageProblems(REPOSITORY);
      return { passed: problems.length === 0, output: problems.join('\n') };
    },
  },
  {
    name: 'threats',
    run: async () => {
      const { THREATS_PAGE, testFinder, threatProblems } = await import('./threats.ts');
      const page = readFileSync(join(REPOSITORY, THREATS_PAGE), 'utf8');
      const problems = threatProblems(page, testFinder(REPOSITORY));
      return { passed: problems.length === 0, output: problems.join('\n') };
    },
  },
  {
    name: 'generated pages',
    run: async () => {
      const { driftedPages } = await import('../generate/pages.ts');
      const problems = driftedPages(REPOSITORY);
      return { passed: problems.length === 0, output: problems.join('\n') };
    },
  },
];

/** Runs every step, prints what failed, and ends on a line `N passed, N failed`. */
async function main(): Promise<number> {
  process.chdir(REPOSITORY);
  let failed = 0;
  for (const step of STEPS) {
    const result = await runStep(step);
    process.stdout.write(
      `${result.passed ? 'ok    ' : 'FAILED'} ${result.name} (${Math.round(result.durationMs)} ms)\n`,
    );
    if (result.passed) continue;
    failed += 1;
    process.stdout.write(`${result.output.trim()}\n`);
  }
  process.stdout.write(`${STEPS.length - failed} passed, ${failed} failed\n`);
  return failed === 0 ? 0 : 1;
}

process.exitCode = await main();
