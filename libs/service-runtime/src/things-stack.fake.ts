import { connect } from 'node:net';
import { configurationV1, type Role } from '@hookstile/contracts';
import { connectMessaging, topicDefinitions } from '@hookstile/messaging';
import { deleteWithPrefix } from '@hookstile/messaging/testing';
import { createDatabaseSchema, randomTopicPrefix, testBrokers } from '@hookstile/testing';
import { hashKey } from './auth/principal.js';
import type { RunningService } from './service.js';
import { startService } from './start-service.js';
import { thingsService } from './things-service.fake.js';

export const ADMIN_KEY = 'an-admin-key-for-tests';
export const EDITOR_KEY = `hk_${'1'.repeat(48)}`;
export const VIEWER_KEY = `hk_${'2'.repeat(48)}`;
export const JSON_TYPE = 'application/json';

export interface Call {
  method?: string;
  key?: string | null;
  headers?: Record<string, string>;
  body?: string | Buffer;
}

/** Topics, schema and keys of a suite's own, and the things service on them. */
export async function startThings(settings: NodeJS.ProcessEnv = {}) {
  const prefix = randomTopicPrefix('runtime');
  const database = await createDatabaseSchema('runtime');
  const messaging = await connectMessaging({ brokers: testBrokers(), clientId: 'runtime-test' });
  await messaging.createTopics(topicDefinitions(prefix, 1), 1);
  const publisher = await messaging.publisher({ name: 'test' });

  const writeKey = async (id: string, key: string, role: Role, deleted = false): Promise<void> => {
    const common = { version: deleted ? 2 : 1, deleted, at: new Date().toISOString(), tenantId: 'ten_1', name: id };
    const record = configurationV1.encode(`api-key:${id}`, {
      kind: 'api-key',
      id,
      ...common,
      role,
      hash: hashKey(key),
    });
    await publisher.publish([{ ...record, topic: `${prefix}configuration`, partition: 0 }]);
  };
  await writeKey('key_editor', EDITOR_KEY, 'editor');
  await writeKey('key_viewer', VIEWER_KEY, 'viewer');

  const environment: NodeJS.ProcessEnv = {
    PORT: '0',
    HOST: '127.0.0.1',
    KAFKA_BROKERS: testBrokers().join(','),
    DATABASE_URL: database.url,
    DATABASE_SCHEMA: database.schema,
    HOOKSTILE_TOPIC_PREFIX: prefix,
    HOOKSTILE_PARTITIONS: '1',
    HOOKSTILE_ADMIN_KEY: ADMIN_KEY,
    LOG_LEVEL: 'silent',
    ...settings,
  };
  const service = await startService(thingsService, environment);
  const close = async () => {
    await service.stop();
    await publisher.close(1_000);
    await messaging.close();
    await deleteWithPrefix(testBrokers(), prefix);
    await database.drop();
  };
  return { service, environment, schema: database.schema, writeKey, ...callsOf(service), close };
}

export type Things = Awaited<ReturnType<typeof startThings>>;

function callsOf({ url }: RunningService) {
  const call = async (path: string, { method = 'GET', key = EDITOR_KEY, headers = {}, body }: Call = {}) => {
    const authorization: Record<string, string> = key === null ? {} : { authorization: `Bearer ${key}` };
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { ...authorization, ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : new Uint8Array(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, json: text === '' ? null : JSON.parse(text) };
  };
  const post = (path: string, body: string | Buffer, type: string = JSON_TYPE) =>
    call(path, { method: 'POST', body, headers: { 'content-type': type } });
  return { call, post, raw: (bytes: string) => sendRaw(url, bytes) };
}

/** Sends bytes as they are and returns the whole answer. */
function sendRaw(url: string, bytes: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname, () => socket.write(bytes));
  let answer = '';
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => {
    answer += chunk;
  });
  socket.on('close', () => resolve(answer));
  socket.on('error', reject);
  return promise;
}
