import { type IntegrationSettings, pointerTo, type SealedSecret } from '@hookstile/contracts';
import {
  bodyPlacementOf,
  bodyTemplateProblem,
  headerTemplateProblem,
  isTemplate,
  type TemplateProblem,
} from '@hookstile/templates';
import type { InputErrors } from '../input/input-errors.js';
import { headersOf } from '../request-input/headers-input.js';
import type { InputPlace } from '../request-input/input-place.js';

const CODE = 'template';
const CONTENT_TYPE = 'content-type';

/** Only what can be seen without an event: a template may still make something that cannot be sent. */
export function checkBodyTemplate(pointer: string, text: string, errors: InputErrors): void {
  addProblem(pointer, bodyTemplateProblem(text), errors);
}

/** Values that are left as they were read were checked when they were given. */
export function checkHeaderTemplates(headers: unknown, { pointer, errors }: InputPlace): void {
  for (const [name, value] of Object.entries(headersOf(headers) ?? {})) {
    if (typeof value !== 'string') continue;
    const at = pointerTo(`${pointer}/headers`, name);
    if (name.toLowerCase() === CONTENT_TYPE && isTemplate(value)) {
      errors.add(at, CODE, `${name} says how the body is made, and cannot be a template.`);
    } else addProblem(at, headerTemplateProblem(value), errors);
  }
}

/** Several deliveries, or one that is always an array, go out as a JSON array; a template of text cannot stand in one. */
export function checkArrayOfTemplates(
  { request: { headers, body }, batch }: Pick<IntegrationSettings, 'batch'> & Shaped,
  textOf: (sealed: SealedSecret) => string | null,
  errors: InputErrors,
): void {
  if (body.format !== 'template' || (body.wrap !== 'array' && batch.maxItems === 1)) return;
  const [, sealed] = Object.entries(headers).find(([name]) => name.toLowerCase() === CONTENT_TYPE) ?? [];
  const contentType = sealed && textOf(sealed);
  if (!contentType || bodyPlacementOf(contentType) === 'json') return;
  const pointer = body.wrap === 'array' ? '/request/body/wrap' : '/batch/maxItems';
  errors.add(pointer, 'not_applicable', 'an array of what a template makes is JSON, and the Content-Type is another.');
}

interface Shaped {
  request: Pick<IntegrationSettings['request'], 'headers' | 'body'>;
}

function addProblem(pointer: string, problem: TemplateProblem | null, errors: InputErrors): void {
  if (problem) errors.add(pointer, CODE, `line ${problem.line}, column ${problem.column}: ${problem.sentence}`);
}
