import { isDeepStrictEqual } from 'node:util';
import { type SealedSecret, Signing } from '@hookstile/contracts';
import { Nullable, type RandomBytes, Time } from '@hookstile/service-runtime';
import { type Static, Type } from 'typebox';
import type { InputPlace } from '../request-input/input-place.js';
import { isMasked, MaskedSecret, masked } from '../request-input/masked-secret.js';
import type { SecretSealer } from '../request-input/secret-sealer.js';
import type { SignDto } from './request.dto.js';
import { SIGNING_SECRETS } from './signing-secrets.js';

export interface SignSettings {
  sign: Signing;
  /** The secret's text where it is new and the receiver needs it, to be shown this once. */
  newSecret: string | null;
}

/** How signing reads back. */
export const SignDocument = Type.Object({
  scheme: Signing.properties.scheme,
  algorithm: Signing.properties.algorithm,
  secret: Nullable(MaskedSecret),
  publicKey: Type.Optional(Type.String({ description: '`whpk_…`; of ed25519 only.' })),
  previous: Type.Optional(
    Type.Object(
      { secret: MaskedSecret, publicKey: Type.Optional(Type.String()), until: Time },
      { description: 'The secret before a rotation, which signs as well until then.' },
    ),
  ),
});
export type SignDocument = Static<typeof SignDocument>;

export function signDocument({ secret, previous, ...rest }: Signing): SignDocument {
  return {
    ...rest,
    secret: secret && masked(secret),
    ...(previous ? { previous: { ...previous, secret: masked(previous.secret) } } : {}),
  };
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
  const made = same?.secret && !isText(input.secret) ? kept(same, input) : fresh(input, same, place, randomBytes);
  const { publicKey } = made.sign;
  if (input.publicKey !== undefined && input.publicKey !== publicKey) {
    const detail = 'publicKey follows from the secret and cannot be given.';
    place.errors.add(`${place.pointer}/sign/publicKey`, 'read_only', detail);
  }
  const { previous } = input;
  if (previous && !(current && isDeepStrictEqual({ ...previous }, signDocument(current).previous))) {
    const detail = 'previous is what a rotation left; it can only stay as it was read, or be ended by null.';
    place.errors.add(`${place.pointer}/sign/previous`, 'read_only', detail);
  }
  return made;
}

const isText = (given: unknown): given is string => typeof given === 'string';

/** What a rotation left stays too, unless the user ends it. */
function kept(current: Signing, { previous: given }: SignDto): SignSettings {
  const { previous, ...rest } = current;
  const left = previous && given !== null ? { previous } : {};
  return { sign: { ...rest, ...left, scheme: 'standard-webhooks' }, newSecret: null };
}

/** Also where the algorithm has changed: what signed before is no secret of the new one. */
function fresh(
  input: SignDto & Pick<Signing, 'algorithm'>,
  same: Signing | null,
  { pointer, sealer, errors }: InputPlace,
  randomBytes: RandomBytes,
): SignSettings {
  const { algorithm, secret: given } = input;
  const { make, read, publicKeyOf, form } = SIGNING_SECRETS[algorithm];
  const text = isText(given) ? given : make(randomBytes);
  const secret = read(text);
  if (secret === null) errors.add(`${pointer}/sign/secret`, 'signing_secret', `a secret of ${algorithm} is ${form}.`);
  const publicKey = secret && publicKeyOf(secret);
  const sealed = sealer.seal(`${pointer}/sign/secret`, secret ?? '', same?.secret ?? null);
  if (same && sealed === same.secret) return kept(same, input);
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

/** A new secret in the place of the present one; the receiver has to be told of it. */
export function newSigningSecret(
  { algorithm }: Signing,
  sealer: SecretSealer,
  randomBytes: RandomBytes,
): { secret: SealedSecret; publicKey: string | null; shown: string | null } {
  const { make, publicKeyOf } = SIGNING_SECRETS[algorithm];
  const text = make(randomBytes);
  const publicKey = publicKeyOf(text);
  return { secret: sealer.seal('', text, null), publicKey, shown: publicKey === null ? text : null };
}
