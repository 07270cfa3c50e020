import type { Logger } from 'pino';

interface Step {
  name: string;
  close(): Promise<unknown> | unknown;
}

/** What must be closed, in the reverse of the order it was opened; a step that fails does not keep the others open. */
export class Teardown {
  private readonly steps: Step[] = [];
  private running: Promise<void> | null = null;

  constructor(private readonly logger: Logger) {}

  add(name: string, close: Step['close']): void {
    this.steps.push({ name, close });
  }

  /** Runs once; every call gets the same promise. */
  run(): Promise<void> {
    this.running ??= this.runSteps();
    return this.running;
  }

  private async runSteps(): Promise<void> {
    for (let step = this.steps.pop(); step; step = this.steps.pop()) {
      try {
        await step.close();
      } catch (error) {
        this.logger.error({ err: error, step: step.name }, 'a step of the shutdown failed');
      }
    }
  }
}
