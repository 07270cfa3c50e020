import { type InputError, ProblemError } from '@hookstile/service-runtime';

/** Collects what is wrong with an input, so that a user learns of all of it at once. */
export class InputErrors {
  private readonly errors: InputError[] = [];

  add(pointer: string, code: string, detail: string): void {
    this.errors.push({ pointer, code, detail });
  }

  /** Throws `invalid` (422) if anything was added. */
  throwIfAny(): void {
    const first = this.errors[0];
    if (first) throw new ProblemError('invalid', `${first.pointer}: ${first.detail}`, { errors: this.errors });
  }
}

/** One member name as a part of a JSON pointer. */
export function pointerTo(parent: string, member: string | number): string {
  return `${parent}/${String(member).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
