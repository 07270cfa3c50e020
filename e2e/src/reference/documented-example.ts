/** As much of an OpenAPI document as the examples need. */
export interface OpenApiDocument {
  paths: Record<string, Record<string, OperationObject>>;
  components: { schemas: Record<string, unknown> };
}

type Examples = Record<string, { value: unknown }>;

interface OperationObject {
  operationId: string;
  parameters?: { name: string; in: 'path' | 'query' | 'header'; examples?: Examples }[];
  requestBody?: { content: Record<string, { examples?: Examples }> };
  responses: Record<string, ResponseObject>;
}

interface ResponseObject {
  content?: Record<string, { schema: { $ref: string }; examples?: Examples }>;
  'x-examples'?: string[];
}

/** A request of the document and the answer that it promises. */
export interface DocumentedExample {
  /** `tenants.create/created` */
  name: string;
  method: string;
  path: string;
  headers: Record<string, string>;
  body: unknown;
  status: number;
  answer: { value: unknown; schema: string } | null;
}

export function examplesOf({ paths }: OpenApiDocument): DocumentedExample[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, operation]) =>
      Object.entries(operation.responses).flatMap(([status, response]) =>
        answersOf(response).map(({ name, answer }) => ({
          ...requestOf(path, method, operation, name),
          status: Number(status),
          answer,
        })),
      ),
    ),
  );
}

function answersOf({ content = {}, 'x-examples': bodiless = [] }: ResponseObject) {
  const answers = Object.values(content).flatMap(({ schema, examples = {} }) =>
    Object.entries(examples).map(([name, { value }]) => ({ name, answer: { value, schema: schema.$ref } })),
  );
  return [...answers, ...bodiless.map((name) => ({ name, answer: null }))];
}

function requestOf(path: string, method: string, operation: OperationObject, name: string) {
  const { operationId, parameters = [], requestBody } = operation;
  const given = (place: string): [string, string][] =>
    parameters.flatMap((parameter) => {
      const example = parameter.in === place ? parameter.examples?.[name] : undefined;
      return example ? [[parameter.name, String(example.value)]] : [];
    });
  const query = new URLSearchParams(given('query')).toString();
  const filled = given('path').reduce(
    (text, [key, value]) => text.replace(`{${key}}`, encodeURIComponent(value)),
    path,
  );
  const [mediaType, body] = bodyOf(requestBody, name);
  return {
    name: `${operationId}/${name}`,
    method: method.toUpperCase(),
    path: query === '' ? filled : `${filled}?${query}`,
    headers: { ...Object.fromEntries(given('header')), ...(mediaType ? { 'content-type': mediaType } : {}) },
    body,
  };
}

function bodyOf(requestBody: OperationObject['requestBody'], name: string): [string | null, unknown] {
  for (const [mediaType, { examples }] of Object.entries(requestBody?.content ?? {})) {
    const example = examples?.[name];
    if (example) return [mediaType, example.value];
  }
  return [null, undefined];
}
