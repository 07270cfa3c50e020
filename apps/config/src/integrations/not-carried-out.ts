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
    pointer: '/request/auth/type',
    applies: ({ request }) => request.auth.type === 'oauth2',
    detail: 'request.auth.type "oauth2" is not supported yet.',
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
  {
    pointer: '/request/sign/algorithm',
    applies: ({ request }) => request.sign.algorithm === 'ed25519',
    detail: 'request.sign.algorithm: only "hmac-sha256" is supported yet.',
  },
  {
    pointer: '/request/tls/verify',
    applies: ({ request }) => request.tls.verify === false,
    detail: 'request.tls.verify: only true is supported yet.',
  },
  ...(['ca', 'clientCertificate', 'clientKey'] as const).map(
    (member): Rule => ({
      pointer: `/request/tls/${member}`,
      applies: ({ request }) => request.tls[member] !== undefined,
      detail: `request.tls.${member} is not supported yet.`,
    }),
  ),
];

export function refuseWhatIsNotCarriedOut(input: IntegrationDto, filled: FilledInput, errors: InputErrors): void {
  for (const rule of RULES) {
    if (rule.applies(filled, input)) errors.add(rule.pointer, 'not_supported', rule.detail);
  }
}
