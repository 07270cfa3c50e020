import { headerNameProblem, headerValueProblem } from '@hookstile/templates';
import { RequestUnbuildableError } from './request-unbuildable.error.js';

/** Refuses a header of a user that cannot be sent; the message names the header, never its value. */
export function assertSendableHeader(name: string, value: string): void {
  const nameProblem = headerNameProblem(name);
  if (nameProblem) throw new RequestUnbuildableError(`The header "${name}" ${nameProblem}`);
  const valueProblem = headerValueProblem(value);
  if (valueProblem) throw new RequestUnbuildableError(`The value of the header ${name} ${valueProblem}`);
}
