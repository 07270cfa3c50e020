import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));

/** A step's outcome: what it printed, shown only when it failed. */
export interface StepResult {
  name: string;
  passed: boolean;
  output: string;
  durationMs: number;
}

export interface Step {
  name: string;
  run(): Promise<{ passed: boolean; output: string }>;
}

const STEP_TIMEOUT_MS = 120_000;

/** A step that runs a JavaScript program of node_modules under this Node; it passes when the program exits with 0. */
export function programStep(name: string, script: string, args: readonly string[]): Step {
  return {
    name,
    run: () =>
      new Promise((resolve) => {
        const child = spawn(process.execPath, [`${REPOSITORY}node_modules/${script}`, ...args], {
          cwd: REPOSITORY,
          timeout: STEP_TIMEOUT_MS,
        });
        const printed: Buffer[] = [];
        child.stdout.on('data', (chunk: Buffer) => printed.push(chunk));
        child.stderr.on('data', (chunk: Buffer) => printed.push(chunk));
        child.on('error', (error) => resolve({ passed: false, output: error.message }));
        child.on('close', (code) => resolve({ passed: code === 0, output: Buffer.concat(printed).toString('utf8') }));
      }),
  };
}

export async function runStep(step: Step): Promise<StepResult> {
  const startedMs = performance.now();
  const { passed, output } = await step.run();
  return { name: step.name, passed, output, durationMs: performance.now() - startedMs };
}
