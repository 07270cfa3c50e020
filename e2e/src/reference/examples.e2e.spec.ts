import { readFileSync } from 'node:fs';
import { type Receiver, startReceiver } from '@hookstile/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { Api } from '../api.js';
import { type Stack, startStack } from '../stack.js';
import { AnswerCheck } from './answer-check.js';
import { type DocumentedExample, examplesOf, type OpenApiDocument } from './documented-example.js';
import { differences, type Ids, replaced } from './same-form.js';
import { STORY } from './story.js';

const document = parse(readFileSync(new URL('../../../docs/openapi.yaml', import.meta.url), 'utf8')) as OpenApiDocument;
const examples = new Map(examplesOf(document).map((example) => [example.name, example]));
const check = new AnswerCheck(document);
/** What the examples send to. */
const EXAMPLE_URL = 'https://example.com';
const TENANT = 'acme';

let stack: Stack;
let receiver: Receiver;
const ids: Ids = new Map();

beforeAll(async () => {
  stack = await startStack();
  receiver = await startReceiver();
  ids.set(EXAMPLE_URL, receiver.url);
});

afterAll(async () => {
  await receiver.close();
  await stack.stop();
});

async function make({ method, path, headers, body }: DocumentedExample) {
  const ofTenants = path.startsWith('/v1/tenants');
  const api = new Api(stack.run.baseUrl, stack.run.adminKey, ofTenants ? undefined : TENANT);
  const text = body === undefined ? {} : { body: replaced(JSON.stringify(body), ids) };
  return api.send<unknown>(method, replaced(path, ids), { headers, ...text });
}

test('tells each of its examples in the story', () => {
  expect([...STORY].sort()).toEqual([...examples.keys()].sort());
});

test.each(STORY)('answers %s as the API reference says', async (name) => {
  const example = examples.get(name);
  if (!example) throw new Error(`${name} is no example of the reference`);
  const { status, body } = await make(example);
  expect(status, JSON.stringify(body)).toBe(example.status);
  if (example.answer === null) return expect(body).toBeNull();
  expect(check.problems(example.answer.schema, body)).toEqual([]);
  expect(differences(example.answer.value, body, ids)).toEqual([]);
});
