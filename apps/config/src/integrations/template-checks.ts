import { bodyTemplateProblem, headerTemplateProblem, type TemplateProblem } from '@hookstile/templates';
import { type InputErrors, pointerTo } from '../input/input-errors.js';
import { headersOf } from '../request-input/headers-input.js';

const CODE = 'template';

/** Only what can be seen without an event: a template may still make something that cannot be sent. */
export function checkBodyTemplate(pointer: string, text: string, errors: InputErrors): void {
  add(pointer, bodyTemplateProblem(text), errors);
}

/** Values that are left as they were read were checked when they were given. */
export function checkHeaderTemplates(parent: string, headers: unknown, errors: InputErrors): void {
  for (const [name, value] of Object.entries(headersOf(headers) ?? {})) {
    if (typeof value === 'string') add(pointerTo(parent, name), headerTemplateProblem(value), errors);
  }
}

function add(pointer: string, problem: TemplateProblem | null, errors: InputErrors): void {
  if (problem) errors.add(pointer, CODE, `line ${problem.line}, column ${problem.column}: ${problem.sentence}`);
}
