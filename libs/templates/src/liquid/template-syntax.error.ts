/** Where a template is wrong, and how; lines and columns count from 1. */
export interface TemplateProblem {
  line: number;
  column: number;
  sentence: string;
}

/** A text that is no template. */
export class TemplateSyntaxError extends Error {
  readonly code = 'template_invalid';
  readonly retryable = false;
  readonly problem: TemplateProblem;

  constructor(problem: TemplateProblem, options?: ErrorOptions) {
    super(`Line ${problem.line}, column ${problem.column}: ${problem.sentence}`, options);
    this.problem = problem;
  }
}
