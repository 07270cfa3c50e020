import {
  type NamedSchema,
  type OperationEntry,
  type OperationExample,
  type OperationReference,
  type SuccessfulAnswer,
  statusOfCode,
} from '@hookstile/service-runtime';
import { examplesOf } from './examples.ts';
import type { Schema } from './input-schemas.ts';
import { takesIdempotencyKey } from './parameters.ts';

const HEADERS: Readonly<Record<string, Schema>> = {
  ETag: { description: 'The version, for If-Match.', schema: { type: 'string' } },
  Location: { description: 'Where the new thing is.', schema: { type: 'string' } },
};

/** Every operation can be refused so. */
const ALWAYS = ['malformed', 'unauthorized', 'forbidden', 'rate_limited', 'unavailable'];

export function answerRef({ name, schema }: NamedSchema, answers: Record<string, Schema>): Schema {
  const known = answers[name];
  if (known && known !== schema) throw new Error(`two schemas are called ${name}`);
  answers[name] = schema as Schema;
  return { $ref: `#/components/schemas/${name}` };
}

export function answersOf(
  operation: OperationEntry,
  reference: OperationReference,
  answers: Record<string, Schema>,
  refusals: Record<string, Schema>,
): Schema {
  const successes = reference.answers.map((answer) => [answer.status, successOf(answer, reference, answers)] as const);
  const known = new Map<number, Schema>([...refusalsOf(operation, reference, refusals), ...successes]);
  for (const [name, { status }] of Object.entries(reference.examples)) {
    if (!known.has(status)) throw new Error(`the example ${name} of ${operation.path} has a status that no answer has`);
  }
  return Object.fromEntries([...known].sort(([a], [b]) => a - b));
}

function successOf(
  { status, description, body, mediaType = 'application/json', alsoAs = {}, headers = [] }: SuccessfulAnswer,
  { examples }: OperationReference,
  answers: Record<string, Schema>,
): Schema {
  const shapes = body ? { [mediaType]: body, ...alsoAs } : {};
  const content = Object.entries(shapes).map(([type, shape]) => {
    const isOwn = (example: OperationExample) =>
      example.status === status && (example.answerMediaType ?? mediaType) === type;
    const own = examplesOf(examples, (example) => (isOwn(example) ? example.answer : undefined));
    return [type, { schema: answerRef(shape, answers), ...own }];
  });
  const bodiless = Object.entries(examples).flatMap(([name, example]) =>
    example.status === status && example.answer === undefined ? [name] : [],
  );
  return {
    description,
    ...(headers.length === 0 ? {} : { headers: Object.fromEntries(headers.map((name) => [name, HEADERS[name]])) }),
    ...(content.length === 0 ? {} : { content: Object.fromEntries(content) }),
    // OpenAPI knows no examples of an answer without a body.
    ...(bodiless.length === 0 ? {} : { 'x-examples': bodiless }),
  };
}

/** By status: which codes it can have. */
function refusalsOf(
  operation: OperationEntry,
  { request, ifMatch, refusals = [], examples }: OperationReference,
  shared: Record<string, Schema>,
): [number, Schema][] {
  const codes = [
    ...ALWAYS,
    ...(operation.path.includes('{') || asksForTenant(operation) ? ['not_found'] : []),
    ...(ifMatch ? ['version_mismatch'] : []),
    ...(ifMatch === 'needed' ? ['if_match_required'] : []),
    ...(request ? ['invalid', 'too_large', 'unsupported_media_type'] : []),
    ...(takesIdempotencyKey(operation) ? ['idempotency_key_in_flight', 'idempotency_key_reused'] : []),
    ...refusals,
  ];
  const byStatus = new Map<number, string[]>();
  for (const code of new Set(codes)) {
    byStatus.set(statusOfCode(code), [...(byStatus.get(statusOfCode(code)) ?? []), code]);
  }
  return [...byStatus].map(([status, own]) => {
    const shown = examplesOf(examples, (example) => (example.status === status ? example.answer : undefined));
    return [status, 'examples' in shown ? refusal(own, shown) : sharedRefusal(own, shared)];
  });
}

/** The platform key may name a tenant that does not exist; where tenants live, all that is a tenant's is looked for in it. */
function asksForTenant({ service, access }: OperationEntry): boolean {
  return service === 'config' && access.kind === 'roles' && access.needsTenant;
}

function refusal(codes: readonly string[], examples: Schema): Schema {
  return {
    description: codes.map((code) => `\`${code}\``).join(', '),
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' }, ...examples } },
  };
}

/** Many operations are refused alike, so that the answer stands once under the names of its codes. */
function sharedRefusal(codes: readonly string[], shared: Record<string, Schema>): Schema {
  const name = codes.join('-or-');
  shared[name] ??= refusal(codes, {});
  return { $ref: `#/components/responses/${name}` };
}
