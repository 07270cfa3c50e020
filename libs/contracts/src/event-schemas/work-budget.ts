/** How much one check may cost, counted and not timed: the same event ends the same way wherever it is checked. */
export class WorkBudget {
  private left: number;

  constructor(private readonly max: number) {
    this.left = max;
  }

  /** @param upTo at most so much, for what may cost less */
  refill(upTo = this.max): void {
    this.left = Math.min(upTo, this.max);
  }

  /** @throws WorkExceededError where less is left */
  spend(amount: number): void {
    this.left -= amount;
    if (this.left < 0) throw new WorkExceededError();
  }
}

/** Thrown through a compiled schema, which knows no other way to end early. */
export class WorkExceededError extends Error {
  readonly code = 'work_exceeded';
  readonly retryable = false;
}
