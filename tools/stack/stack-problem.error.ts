/** Something the user can put right; printed as one line, without a stack trace. */
export class StackProblem extends Error {
  readonly code = 'stack_problem';
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
