import { type InputError, ProblemError } from '@hookstile/service-runtime';

const STATUS = 422;

/** Collects what is wrong with an input, so that a user learns of all of it at once. */
export class InputErrors {
  private readonly errors: InputError[] = [];

  add(pointer: string, code: string, detail: string): void {
    this.errors.push({ pointer, code, detail });
  }

  get list(): readonly InputError[] {
    return this.errors;
  }

  /** Throws `invalid` (422) if anything was added, or `ownCode` (422) where each error has that one. */
  throwIfAny(ownCode?: string): void {
    const first = this.errors[0];
    if (!first) return;
    const code = this.errors.every((error) => error.code === ownCode) ? first.code : 'invalid';
    throw new ProblemError(code, `${first.pointer}: ${first.detail}`, { status: STATUS, errors: this.errors });
  }
}
