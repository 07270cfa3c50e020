import type { InputErrors } from '../input/input-errors.js';
import type { FilledInput } from './filled-input.js';
import type { IntegrationDto } from './integration.dto.js';

interface Rule {
  pointer: string;
  applies(filled: FilledInput, input: IntegrationDto): unknown;
  detail: string;
}

const filled = (value: object | undefined): boolean => value !== undefined && Object.keys(value).length > 0;

/** What the public surface names and this release does not do. To accept it and not do it would be worse than to say so. */
const RULES: readonly Rule[] = [
  {
    pointer: '/filter',
    applies: (_filled, { filter }) => filled(filter),
    detail: 'filter is not supported yet; leave it out or give [].',
  },
  {
    pointer: '/request/body/format',
    applies: ({ request }) => request.body.format !== 'standard',
    detail: 'request.body.format: only "standard" is supported yet.',
  },
  {
    pointer: '/request/body/template',
    applies: ({ request }) => request.body.template !== undefined,
    detail: 'request.body.template is not supported yet.',
  },
  {
    pointer: '/request/body/rename',
    applies: ({ request }) => filled(request.body.rename),
    detail: 'request.body.rename is not supported yet.',
  },
  {
    pointer: '/request/body/omit',
    applies: ({ request }) => filled(request.body.omit),
    detail: 'request.body.omit is not supported yet.',
  },
];

export function refuseWhatIsNotCarriedOut(input: IntegrationDto, filled: FilledInput, errors: InputErrors): void {
  for (const rule of RULES) {
    if (rule.applies(filled, input)) errors.add(rule.pointer, 'not_supported', rule.detail);
  }
}
