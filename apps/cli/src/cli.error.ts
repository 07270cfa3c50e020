/** What a run ends with; scripts rely on these (docs/cli.md). */
export const EXIT = { done: 0, refused: 1, usage: 2, unreachable: 3 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Why a command did not do what it was asked; the message is for whoever typed it. */
export class CliError extends Error {
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}

export const usageError = (message: string): CliError => new CliError(EXIT.usage, message);
export const refused = (message: string): CliError => new CliError(EXIT.refused, message);
export const unreachable = (message: string): CliError => new CliError(EXIT.unreachable, message);
