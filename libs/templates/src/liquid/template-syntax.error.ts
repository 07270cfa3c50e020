/** Where a template is wrong, and how; lines and columns count from 1. */
export interface TemplateProblem {
  line: number;
  column: number;
  sentence: string;
}

/** A text that is no template. */
export class TemplateSyntaxError extends Error {
  readonly code = 'template_invalid';
  /** Only time that ran out can be more another time. */
  readonly retryable: boolean;
  readonly problem: TemplateProblem;

  constructor(problem: TemplateProblem, options: ErrorOptions & { retryable?: boolean } = {}) {
    super(`Line ${problem.line}, column ${problem.column}: ${problem.sentence}`, options);
    this.problem = problem;
    this.retryable = options.retryable ?? false;
  }
}
