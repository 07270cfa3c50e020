import { closedSchema } from '../reference/closed-schema.ts';
import type { Pass } from './passes.ts';
import type { Things, World } from './world.ts';

type Json = Record<string, unknown>;
interface Parameter extends Json {
  name: string;
  in: string;
  schema: Json;
  examples?: Record<string, { value: unknown }>;
}
interface Operation extends Json {
  parameters?: Parameter[];
  responses: Record<string, unknown>;
}
interface Answer {
  content?: Record<string, { examples?: object }>;
  'x-examples'?: string[];
}
export interface Document extends Json {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Json>; responses: Record<string, Json> };
}

/** Nobody can make up a cursor, and a file has no pages. */
const NEVER_KNOWN = new Set(['cursor', 'format']);
const EXAMPLE_URL = 'https://example.com';
const EXAMPLE_TENANT = '"acme"';
const EXAMPLE_ID = /\b(int|rul|dlv|evt|att|rcv|dec|key)_\d[0-9a-hjkmnp-tv-z]{15,25}(?:_\d+)*\b/g;
const REF = /"\$ref":"#\/components\/(schemas|responses)\/([^"]+)"/g;
/** Members of requests that name something of the tenant. */
const NAMING = new Set(['integrationId', 'rule', 'url', 'tokenUrl']);

/**
 * The API reference as it is fuzzed. What stands in its examples is there in the world, so that requests get through
 * what is found first; answers have no members but those that the reference names.
 */
export function fuzzedDocument(document: Document, world: World, kind: Pass['parameters']): Document {
  const { paths, components } = document;
  const answers = answerSchemasOf(document);
  const schemas = Object.entries(components.schemas).map(([name, schema]) => [
    name,
    answers.has(name) ? closedSchema(schema) : naming(schema, world),
  ]);
  return {
    ...document,
    paths: Object.fromEntries(
      Object.entries(paths).map(([path, methods]) => [
        path,
        mapValues(methods, (it, method) => known(it, path, method, { world, kind })),
      ]),
    ),
    components: { ...components, schemas: Object.fromEntries(schemas) },
  };
}

interface Given {
  world: World;
  kind: Pass['parameters'];
}

function known(operation: Operation, path: string, method: string, { world, kind }: Given): Operation {
  const { responses, ...request } = withoutRefusals(operation);
  const things = {
    ...world.things,
    ...(path.includes('/lanes') ? world.blocked : {}),
    ...(method === 'delete' ? world.spares : {}),
  };
  const { parameters = [], ...rest } = replaced(request, things, {
    ...world,
    // A tenant that is there already cannot be created.
    ...(method === 'post' && path === '/v1/tenants' ? { tenantId: `${world.tenantId}-new` } : {}),
  });
  const taught = (parameters as Parameter[])
    .filter(({ name }) => kind === 'any' || !NEVER_KNOWN.has(name))
    .map((parameter) => teach(parameter, world, kind));
  return {
    ...rest,
    ...(taught.length === 0 ? {} : { parameters: taught }),
    responses: withoutExamples(responses) as Operation['responses'],
  };
}

/** Without the examples that show a refusal: an operation's examples are to succeed. */
function withoutRefusals(operation: Operation): Operation {
  const { responses, ...request } = operation;
  const successes = Object.entries(responses).filter(([status]) => status.startsWith('2'));
  const shown = new Set(successes.flatMap(([, answer]) => exampleNamesOf(answer)));
  const kept = JSON.parse(JSON.stringify(request), (name, value) => {
    if (name !== 'examples' || typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).filter(([example]) => shown.has(example)));
  }) as Omit<Operation, 'responses'>;
  return { ...kept, responses };
}

function exampleNamesOf(answer: unknown): string[] {
  const { content = {}, 'x-examples': bodiless = [] } = answer as Answer;
  return [...bodiless, ...Object.values(content).flatMap(({ examples = {} }) => Object.keys(examples))];
}

/** Things of other stacks, which requests would be made with. */
function withoutExamples(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(withoutExamples);
  if (typeof part !== 'object' || part === null) return part;
  const kept = Object.entries(part).filter(([name]) => name !== 'examples');
  return Object.fromEntries(kept.map(([name, own]) => [name, withoutExamples(own)]));
}

/** Every example's id becomes one that is there, the same one everywhere. */
function replaced(request: Json, things: Things, { receiverUrl, tenantId }: World): Json {
  const text = JSON.stringify(request)
    .replaceAll(EXAMPLE_URL, receiverUrl)
    .replaceAll(EXAMPLE_TENANT, JSON.stringify(tenantId))
    .replaceAll(EXAMPLE_ID, (id, kind: string) => {
      const ids = things[kind] ?? [];
      return ids[Number(/\d+/.exec(id)?.[0]) % Math.max(ids.length, 1)] ?? id;
    });
  return JSON.parse(text) as Json;
}

function teach(parameter: Parameter, { tenantId }: World, kind: Pass['parameters']): Parameter {
  const { name, schema, examples = {} } = parameter;
  if (name === 'If-Match') return { ...parameter, schema: either(['*'], schema), examples: { any: { value: '*' } } };
  if (name === 'Hookstile-Tenant') {
    return { ...parameter, schema: kind === 'known' ? { enum: [tenantId] } : either([tenantId], schema) };
  }
  const values = [...new Set(Object.values(examples).map(({ value }) => value))];
  return values.length === 0 ? parameter : { ...parameter, schema: either(values, schema) };
}

function naming(schema: unknown, world: World): Json {
  const { things, receiverUrl } = world;
  const values: Record<string, unknown[]> = {
    integrationId: [...(things.int ?? [])],
    rule: [...(things.rul ?? [])],
    url: [`${receiverUrl}/hook`],
    tokenUrl: [`${receiverUrl}/hook`],
  };
  const seen = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(seen);
    if (typeof value !== 'object' || value === null) return value;
    return mapValues(value as Json, (own, member) =>
      member === 'properties'
        ? mapValues(own as Json, (it, name) => (NAMING.has(name) ? either(values[name] ?? [], it as Json) : seen(it)))
        : seen(own),
    );
  };
  return seen(schema) as Json;
}

/** As often something that is there as anything. */
function either(values: readonly unknown[], schema: Json): Json {
  return { anyOf: [{ enum: values }, schema] };
}

/** The names of schemas that answers are made of; what requests hold as well stays as it is. */
function answerSchemasOf({ paths, components }: Document): Set<string> {
  const operations = Object.values(paths).flatMap((methods) => Object.values(methods));
  const found = (start: readonly unknown[]): Set<string> => {
    const names = new Set<string>();
    const look = (part: unknown): void => {
      for (const [, kind, name = ''] of JSON.stringify(part ?? null).matchAll(REF)) {
        if (kind === 'responses') look(components.responses[name]);
        else if (!names.has(name)) {
          names.add(name);
          look(components.schemas[name]);
        }
      }
    };
    for (const part of start) look(part);
    return names;
  };
  const requested = found(operations.map(({ responses: _, ...request }) => request));
  return new Set([...found(operations.map(({ responses }) => responses))].filter((name) => !requested.has(name)));
}

function mapValues<T, U>(record: Record<string, T>, map: (value: T, name: string) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value, name)]));
}
