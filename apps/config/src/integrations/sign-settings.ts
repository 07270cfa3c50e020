import type { SealedSecret, Signing } from '@hookstile/contracts';
import type { RandomBytes } from '@hookstile/service-runtime';
import type { InputPlace } from '../request-input/input-place.js';
import { isMasked, type MaskedSecret, masked } from '../request-input/masked-secret.js';
import type { SignDto } from './request.dto.js';
import { SIGNING_SECRETS } from './signing-secrets.js';

export interface SignSettings {
  sign: Signing;
  /** The secret's text where it is new and the receiver needs it, to be shown this once. */
  newSecret: string | null;
}

/** How signing reads back. */
export interface SignDocument extends Omit<Signing, 'secret'> {
  secret: MaskedSecret | null;
}

export function signDocument({ secret, ...rest }: Signing): SignDocument {
  return { ...rest, secret: secret && masked(secret) };
}

/** @param input what a user gave, filled from the profile */
export function signSettings(
  input: SignDto & Pick<Signing, 'scheme' | 'algorithm'>,
  current: Signing | null,
  place: InputPlace,
  randomBytes: RandomBytes,
): SignSettings {
  if (input.scheme === 'none') return unsigned(input, place);
  // "As it is" is no answer where nothing is stored; the sealer says so.
  if (isMasked(input.secret) && !current?.secret) place.sealer.seal(`${place.pointer}/sign/secret`, input.secret, null);
  const same = current?.algorithm === input.algorithm ? current : null;
  const made =
    same?.secret && !isText(input.secret)
      ? kept(same, same.secret)
      : fresh(input, same?.secret ?? null, place, randomBytes);
  const { publicKey } = made.sign;
  if (input.publicKey !== undefined && input.publicKey !== publicKey) {
    const detail = 'publicKey follows from the secret and cannot be given.';
    place.errors.add(`${place.pointer}/sign/publicKey`, 'read_only', detail);
  }
  return made;
}

const isText = (given: unknown): given is string => typeof given === 'string';

function kept(current: Signing, secret: SealedSecret): SignSettings {
  return { sign: { ...current, scheme: 'standard-webhooks', secret }, newSecret: null };
}

/** Also where the algorithm has changed: what signed before is no secret of the new one. */
function fresh(
  { algorithm, secret: given }: SignDto & Pick<Signing, 'algorithm'>,
  stored: SealedSecret | null,
  { pointer, sealer, errors }: InputPlace,
  randomBytes: RandomBytes,
): SignSettings {
  const { make, read, publicKeyOf, form } = SIGNING_SECRETS[algorithm];
  const text = isText(given) ? given : make(randomBytes);
  const secret = read(text);
  if (secret === null) errors.add(`${pointer}/sign/secret`, 'signing_secret', `a secret of ${algorithm} is ${form}.`);
  const publicKey = secret && publicKeyOf(secret);
  const sealed = sealer.seal(`${pointer}/sign/secret`, secret ?? '', stored);
  const sign: Signing = { scheme: 'standard-webhooks', algorithm, secret: sealed };
  return publicKey === null ? { sign, newSecret: secret } : { sign: { ...sign, publicKey }, newSecret: null };
}

/** A patch that turns signing off leaves the masked secret in the document; only a text would be a contradiction. */
function unsigned(
  { algorithm, secret: given }: SignDto & Pick<Signing, 'algorithm'>,
  { pointer, errors }: InputPlace,
): SignSettings {
  if (isText(given)) {
    errors.add(`${pointer}/sign/secret`, 'unknown_member', 'nothing is signed, so no secret can be given.');
  }
  return { sign: { scheme: 'none', algorithm, secret: null }, newSecret: null };
}
