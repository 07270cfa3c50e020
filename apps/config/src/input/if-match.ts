import { ProblemError } from '@hookstile/service-runtime';
import type { FastifyReply } from 'fastify';

function etagOf(version: number): string {
  return `"${version}"`;
}

/**
 * Throws `if_match_required` without the header, `version_mismatch` when none of its tags is the version's.
 * Weak tags never match (RFC 9110, section 13.1.1). Call it only after the thing was found: 404 comes first.
 */
export function requireIfMatch(header: string | undefined, version: number): void {
  if (header === undefined || header.trim() === '') {
    throw new ProblemError('if_match_required', 'The header If-Match is needed: the ETag that was read, or *.');
  }
  requireTag(header, version);
}

/** The same where the header may be left out: one that is empty names no version, and so none matches. */
export function heedIfMatch(header: string | undefined, version: number): void {
  if (header !== undefined) requireTag(header, version);
}

function requireTag(header: string, version: number): void {
  const tags = header.split(',').map((tag) => tag.trim());
  if (tags.includes('*') || tags.includes(etagOf(version))) return;
  throw new ProblemError('version_mismatch', 'It was changed since it was read; read it again.');
}

/** Gives the answer the entity tag of what it shows. */
export function tagged<View extends { version: number }>(view: View, reply: FastifyReply): View {
  reply.header('etag', etagOf(view.version));
  return view;
}
