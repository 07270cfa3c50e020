import {
  type Authentication,
  type OAuth2,
  pointerTo,
  type RuleAuthentication,
  type SealedSecret,
} from '@hookstile/contracts';
import { headerNameProblem, headerValueProblem } from '@hookstile/templates';
import type { AuthDto } from './auth.dto.js';
import type { InputPlace } from './input-place.js';
import { checkUrl } from './url-input.js';

type Of<Type extends Authentication['type']> = Extract<Authentication, { type: Type }>;

const DEFAULT_HEADER = 'Authorization';

const MEMBERS: Readonly<Record<Authentication['type'], readonly string[]>> = {
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

/** An auth of a type that rules have becomes one that they have. */
export function authSettings(
  input: (AuthDto & { type: RuleAuthentication['type'] }) | undefined,
  current: Authentication | null,
  place: InputPlace,
): RuleAuthentication;
export function authSettings(
  input: AuthDto | undefined,
  current: Authentication | null,
  place: InputPlace,
): Authentication;
export function authSettings(
  input: AuthDto | undefined,
  current: Authentication | null,
  place: InputPlace,
): Authentication {
  if (!input) return { type: 'none' };
  const { type } = input;
  if (type === undefined) {
    place.errors.add(`${place.pointer}/auth/type`, 'required', 'type is required.');
    return { type: 'none' };
  }
  if (!checkMembers(type, input, place)) return { type: 'none' };
  switch (type) {
    case 'none':
      return { type: 'none' };
    case 'apiKey':
      return apiKey(input, current?.type === 'apiKey' ? current.value : null, place);
    case 'bearer':
      return bearer(input, current?.type === 'bearer' ? current.token : null, place);
    case 'basic':
      return basicSettings(input, current?.type === 'basic' ? current.password : null, place);
    case 'oauth2':
      return oauth2Settings(input, current?.type === 'oauth2' ? current.clientSecret : null, place);
  }
}

/** Whether the members are those of the type. */
function checkMembers(type: Authentication['type'], input: AuthDto, { pointer, errors }: InputPlace): boolean {
  const wanted = MEMBERS[type];
  let fits = true;
  for (const [member, value] of Object.entries(input)) {
    if (value === undefined || member === 'type' || wanted.includes(member)) continue;
    const detail = `${member} is not a member of auth "${type}".`;
    errors.add(pointerTo(`${pointer}/auth`, member), 'unknown_member', detail);
    fits = false;
  }
  return fits;
}

function apiKey(input: AuthDto, current: SealedSecret | null, place: InputPlace): Of<'apiKey'> {
  const header = input.header ?? DEFAULT_HEADER;
  const problem = headerNameProblem(header);
  if (problem) place.errors.add(`${place.pointer}/auth/header`, 'header', `${header}: ${problem}`);
  return { type: 'apiKey', header, value: headerSecret('value', input.value, current, place) };
}

function bearer(input: AuthDto, current: SealedSecret | null, place: InputPlace): Of<'bearer'> {
  return { type: 'bearer', token: headerSecret('token', input.token, current, place) };
}

/** Both parts may be empty, but must be given: an absent password is more likely forgotten than meant to be empty. */
function basicSettings(input: AuthDto, current: SealedSecret | null, place: InputPlace): Of<'basic'> {
  const { errors, sealer } = place;
  const pointer = `${place.pointer}/auth`;
  const username = input.username ?? '';
  if (input.username === undefined)
    errors.add(`${pointer}/username`, 'required', 'username is required; it may be "".');
  if (username.includes(':')) errors.add(`${pointer}/username`, 'basic', 'a username must not hold a colon.');
  if (input.password === undefined)
    errors.add(`${pointer}/password`, 'required', 'password is required; it may be "".');
  return { type: 'basic', username, password: sealer.seal(`${pointer}/password`, input.password ?? '', current) };
}

/** Client credentials; the token's URL is held to the same rules as the webhook's. */
function oauth2Settings(input: AuthDto, current: SealedSecret | null, place: InputPlace): OAuth2 {
  const { errors, sealer } = place;
  const pointer = `${place.pointer}/auth`;
  for (const member of ['tokenUrl', 'clientId', 'clientSecret'] as const) {
    if (input[member] === undefined || input[member] === '')
      errors.add(`${pointer}/${member}`, 'required', `${member} is required.`);
  }
  const { tokenUrl = '', clientId = '', clientSecret = '', scope, audience } = input;
  if (tokenUrl !== '') checkUrl(`${pointer}/tokenUrl`, tokenUrl, errors);
  return {
    type: 'oauth2',
    tokenUrl,
    clientId,
    clientSecret: sealer.seal(`${pointer}/clientSecret`, clientSecret, current),
    ...(scope === undefined ? {} : { scope }),
    ...(audience === undefined ? {} : { audience }),
  };
}

function headerSecret(
  member: 'value' | 'token',
  given: unknown,
  current: SealedSecret | null,
  place: InputPlace,
): SealedSecret {
  const pointer = `${place.pointer}/auth/${member}`;
  if (given === undefined || given === '') place.errors.add(pointer, 'required', `${member} is required.`);
  const problem = typeof given === 'string' ? headerValueProblem(given) : null;
  if (problem) place.errors.add(pointer, 'header', `${member} ${problem}`);
  return place.sealer.seal(pointer, given ?? '', current);
}
