import { expect, test } from 'vitest';
import { type AuthorizationServer, startAuthorizationServer } from './authorization-server.js';

async function ask(server: AuthorizationServer, secret: string) {
  const headers = { authorization: `Basic ${btoa(`hookstile:${secret}`)}` };
  const body = new URLSearchParams({ grant_type: 'client_credentials' });
  const response = await fetch(server.tokenUrl, { method: 'POST', headers, body });
  const answer = (await response.json()) as { access_token?: string };
  return { status: response.status, token: answer.access_token ?? '' };
}

test('issues tokens for the current secret, and accepts those alone that it issued and did not revoke', async () => {
  const server = await startAuthorizationServer();
  const { token } = await ask(server, 'first-secret');
  expect([await server.accepts(token), await server.accepts('another')]).toEqual([true, false]);
  server.setClientSecret('second-secret');
  expect((await ask(server, 'first-secret')).status).toBe(401);
  expect((await ask(server, 'second-secret')).status).toBe(200);
  await server.revoke(token);
  expect(await server.accepts(token)).toBe(false);
  expect(server.tokenRequests).toBe(3);
  await server.close();
});
