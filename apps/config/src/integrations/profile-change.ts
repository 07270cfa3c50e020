import { isDeepStrictEqual } from 'node:util';
import { isObject } from '../input/merge-patch.js';
import { DEFAULT_PROFILE } from '../profiles/profile-catalog.js';
import type { IntegrationProfile } from '../profiles/profile-schema.js';
import { bodyDocument } from './body-settings.js';
import type { IntegrationDocument } from './integration-view.js';

/** Whether a patch asks for another profile than the document's. */
export function changesProfile({ profile }: IntegrationDocument, patch: unknown): boolean {
  return isObject(patch) && 'profile' in patch && (patch.profile ?? DEFAULT_PROFILE) !== profile;
}

/**
 * The document without what equals its profile's: the profile it changes to fills that instead. What a user had set to
 * something else stays, whole where its members belong together.
 */
export function withoutProfile(document: IntegrationDocument, profile: IntegrationProfile['settings']): object {
  const { request, batch, retry, ...rest } = document;
  const { sign, tls, body, ...members } = request;
  const signedAsProfiled =
    sign.scheme === profile.request.sign.scheme && sign.algorithm === profile.request.sign.algorithm;
  return {
    ...without(rest, profile),
    request: {
      ...without(members, { ...profile.request, headers: {} }),
      ...(signedAsProfiled ? {} : { sign }),
      ...(isDeepStrictEqual(body, bodyDocument(profile.request.body)) ? {} : { body }),
      tls: without(tls, profile.request.tls),
    },
    batch: without(batch, profile.batch),
    retry: without(retry, profile.retry),
  };
}

function without(members: object, filled: object): object {
  const profiled = new Map<string, unknown>(Object.entries(filled));
  return Object.fromEntries(
    Object.entries(members).filter(
      ([name, value]) => !(profiled.has(name) && isDeepStrictEqual(value, profiled.get(name))),
    ),
  );
}
