import type { IntegrationSettings, SealedSecret } from '@hookstile/contracts';
import { type InputErrors, pointerTo } from '../input/input-errors.js';
import { headerNameProblem, headerValueProblem } from './header-settings.js';
import type { AuthDto } from './request.dto.js';
import type { SecretSealer } from './secret-sealer.js';

type Auth = IntegrationSettings['request']['auth'];

const POINTER = '/request/auth';
const DEFAULT_HEADER = 'Authorization';

const MEMBERS: Readonly<Record<AuthDto['type'], readonly string[]>> = {
  none: [],
  apiKey: ['header', 'value'],
  bearer: ['token'],
  basic: ['username', 'password'],
  oauth2: ['tokenUrl', 'clientId', 'clientSecret', 'scope', 'audience'],
};

/** The header that an auth writes, or null. */
export function authHeaderOf(input: AuthDto | undefined): string | null {
  if (!input || input.type === 'none') return null;
  return input.type === 'apiKey' ? (input.header ?? DEFAULT_HEADER) : DEFAULT_HEADER;
}

export function authSettings(
  input: AuthDto | undefined,
  current: Auth | null,
  sealer: SecretSealer,
  errors: InputErrors,
): Auth {
  if (!input || !checkMembers(input, errors)) return { type: 'none' };
  switch (input.type) {
    case 'apiKey':
      return apiKey(input, current?.type === 'apiKey' ? current.value : null, sealer, errors);
    case 'bearer':
      return bearer(input, current?.type === 'bearer' ? current.token : null, sealer, errors);
    case 'basic':
      return basic(input, current?.type === 'basic' ? current.password : null, sealer, errors);
    default:
      return { type: 'none' };
  }
}

/** Whether the members are those of the type. */
function checkMembers(input: AuthDto, errors: InputErrors): boolean {
  const wanted = MEMBERS[input.type];
  let fits = true;
  for (const [member, value] of Object.entries(input)) {
    if (value === undefined || member === 'type' || wanted.includes(member)) continue;
    errors.add(pointerTo(POINTER, member), 'unknown_member', `${member} is not a member of auth "${input.type}".`);
    fits = false;
  }
  return fits;
}

function apiKey(input: AuthDto, current: SealedSecret | null, sealer: SecretSealer, errors: InputErrors): Auth {
  const header = input.header ?? DEFAULT_HEADER;
  const problem = headerNameProblem(header);
  if (problem) errors.add(`${POINTER}/header`, 'header', `${header}: ${problem}`);
  return { type: 'apiKey', header, value: headerSecret('value', input.value, current, sealer, errors) };
}

function bearer(input: AuthDto, current: SealedSecret | null, sealer: SecretSealer, errors: InputErrors): Auth {
  return { type: 'bearer', token: headerSecret('token', input.token, current, sealer, errors) };
}

/** Both parts may be empty, but must be given: an absent password is more likely forgotten than meant to be empty. */
function basic(input: AuthDto, current: SealedSecret | null, sealer: SecretSealer, errors: InputErrors): Auth {
  const username = input.username ?? '';
  if (input.username === undefined)
    errors.add(`${POINTER}/username`, 'required', 'username is required; it may be "".');
  if (username.includes(':')) errors.add(`${POINTER}/username`, 'basic', 'a username must not hold a colon.');
  if (input.password === undefined)
    errors.add(`${POINTER}/password`, 'required', 'password is required; it may be "".');
  return { type: 'basic', username, password: sealer.seal(`${POINTER}/password`, input.password ?? '', current) };
}

function headerSecret(
  member: 'value' | 'token',
  given: unknown,
  current: SealedSecret | null,
  sealer: SecretSealer,
  errors: InputErrors,
): SealedSecret {
  const pointer = pointerTo(POINTER, member);
  if (given === undefined || given === '') errors.add(pointer, 'required', `${member} is required.`);
  const problem = typeof given === 'string' ? headerValueProblem(given) : null;
  if (problem) errors.add(pointer, 'header', `${member} ${problem}`);
  return sealer.seal(pointer, given ?? '', current);
}
