import { readFileSync } from 'node:fs';
import { type Receiver, startReceiver } from '@hookstile/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { Api } from '../api.js';
import { type Stack, startStack } from '../stack.js';
import { AnswerCheck } from './answer-check.js';
import { type DocumentedExample, examplesOf, type OpenApiDocument } from './documented-example.js';
import { Player } from './player.js';
import { STORY } from './story.js';
import { REPEATED, type Scene, setScene, TRAFFIC_STORY } from './traffic-story.js';

const document = parse(readFileSync(new URL('../../../docs/openapi.yaml', import.meta.url), 'utf8')) as OpenApiDocument;
const examples = new Map(examplesOf(document).map((example) => [example.name, example]));
const check = new AnswerCheck(document);

let stack: Stack;
let receiver: Receiver;

beforeAll(async () => {
  stack = await startStack();
  receiver = await startReceiver();
});

afterAll(async () => {
  await receiver.close();
  await stack.stop();
});

function exampleOf(name: string): DocumentedExample {
  const example = examples.get(name);
  if (!example) throw new Error(`${name} is no example of the reference`);
  return example;
}

test('tells each of its examples in one of the stories', () => {
  const told = [...STORY, ...TRAFFIC_STORY.map(([name]) => name)];
  expect(told.sort()).toEqual([...examples.keys()].sort());
});

describe('what a tenant configures', () => {
  const TENANT = 'acme';
  let player: Player;
  beforeAll(() => {
    player = new Player(stack, check, receiver);
  });

  test.each(STORY)('answers %s as the API reference says', (name) => player.play(exampleOf(name), TENANT));
});

describe('what happens at a tenant', () => {
  let player: Player;
  let scene: Scene;
  beforeAll(async () => {
    player = new Player(stack, check, receiver);
    const { ids } = player;
    const { baseUrl, adminKey } = stack.run;
    scene = await setScene({ receiver, ids, apiOf: (tenantId) => new Api(baseUrl, adminKey, tenantId) });
  });

  test.each(TRAFFIC_STORY)('answers %s as the API reference says', async (name, happening) => {
    const example = exampleOf(name);
    const happen = async () => happening?.(scene);
    if (player.isStream(example)) return player.follow(example, scene.tenantId, happen);
    await happen();
    await (REPEATED.has(name) ? player.repeat(example, scene.tenantId) : player.play(example, scene.tenantId));
  });
});
