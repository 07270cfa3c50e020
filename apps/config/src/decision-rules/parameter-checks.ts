import { pointerTo } from '@hookstile/contracts';
import { parameterOf, parametersOf } from '@hookstile/templates';
import type { InputErrors } from '../input/input-errors.js';
import { headersOf } from '../request-input/headers-input.js';

/** The code of the whole answer too, where nothing else is wrong. */
export const UNKNOWN_PARAMETER = 'unknown_parameter';

/** Parameters are filled into headers and the body; a word between percent signs that is none is a mistake there. */
export function checkParameters(headers: unknown, body: string | null, errors: InputErrors): void {
  for (const [name, value] of Object.entries(headersOf(headers) ?? {})) {
    if (typeof value === 'string') refuseUnknown(pointerTo('/headers', name), value, errors);
  }
  if (body !== null) refuseUnknown('/body', body, errors);
}

/** A URL with a parameter would be asked for as it stands; `%20` and its like are no parameters. */
export function checkNoParameters(url: string, errors: InputErrors): void {
  const found = url
    .split('%')
    .slice(1, -1)
    .find((word) => parameterOf(word) !== null);
  if (found === undefined) return;
  const detail = `%${found}% cannot stand in the URL: parameters are filled into headers and the body only.`;
  errors.add('/url', 'parameter_in_url', detail);
}

function refuseUnknown(pointer: string, text: string, errors: InputErrors): void {
  for (const word of parametersOf(text).unknown) {
    errors.add(pointer, UNKNOWN_PARAMETER, `%${word}% is no parameter of a decision.`);
  }
}
