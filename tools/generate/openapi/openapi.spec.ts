import { OPERATIONS } from '@hookstile/service-runtime';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020, type AnySchema } from 'ajv/dist/2020.js';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { openApi } from './openapi.ts';

interface MediaType {
  schema: { $ref: string };
  examples?: Record<string, { value: unknown }>;
}

interface Operation {
  operationId: string;
  requestBody?: { content: Record<string, MediaType> };
  responses: Record<string, { content?: Record<string, MediaType>; 'x-examples'?: string[] }>;
}

interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: AnySchema;
}

const text = openApi('1.2.3');
const document = parse(text) as Document;
const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));

const successesOf = ({ responses }: Operation): string[] =>
  Object.entries(responses)
    .filter(([status]) => status.startsWith('2'))
    .flatMap(([, { content = {}, 'x-examples': bodiless = [] }]) => [
      ...bodiless,
      ...Object.values(content).flatMap(({ examples = {} }) => Object.keys(examples)),
    ]);

it('is a document of OpenAPI 3.1', async () => {
  const { valid, errors } = await new Validator().validate(text);
  expect(errors ?? []).toEqual([]);
  expect(valid).toBe(true);
});

it('shows each operation at work once at least', () => {
  const without = operations.filter((operation) => successesOf(operation).length === 0);
  expect(without.map(({ operationId }) => operationId)).toEqual([]);
});

it('describes operations of the table only', () => {
  const unknown = operations.filter(({ operationId }) => !Object.hasOwn(OPERATIONS, operationId));
  expect(unknown).toEqual([]);
});

it('has requests of successful examples that fit the schemas of their bodies', () => {
  const ajv = new Ajv2020({ strict: false, formats: { 'date-time': true } });
  ajv.addSchema({ $id: 'openapi', components: document.components });
  const unfit = operations.flatMap((operation) => {
    const successful = new Set(successesOf(operation));
    return Object.values(operation.requestBody?.content ?? {}).flatMap(({ schema, examples = {} }) =>
      Object.entries(examples)
        .filter(([name]) => successful.has(name))
        .filter(([, { value }]) => !ajv.validate({ $ref: `openapi${schema.$ref}` }, value))
        .map(([name]) => `${operation.operationId}/${name}: ${ajv.errorsText()}`),
    );
  });
  expect(unfit).toEqual([]);
});
