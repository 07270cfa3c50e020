import { type AddressInfo, createServer } from 'node:net';
import { until } from '@hookstile/testing';
import { expect, test } from 'vitest';
import { blocked, EgressError } from './egress.error.js';
import type { EgressPolicy } from './egress-policy.js';
import { guardedConnector } from './guarded-connector.js';
import { openDirectly } from './open-directly.js';

/** Lets the literal pass, as if another address than the one that was checked had been connected to. */
const blocksThePeer: EgressPolicy = {
  destinationOf: (address) => ({ address, isPrivate: false, objectionTo: () => blocked('not this peer') }),
};

test.each(['http:', 'https:'])('sends no byte over %s to a peer whose address is blocked', async (protocol) => {
  let receivedBytes = 0;
  let closed = false;
  const server = createServer((socket) => {
    socket
      .on('error', () => undefined)
      .on('data', (chunk) => {
        receivedBytes += chunk.length;
      });
    socket.on('close', () => {
      closed = true;
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const port = String((server.address() as AddressInfo).port);
  const route = { policy: blocksThePeer, ready: async () => undefined, resolve: null, open: openDirectly };
  const error = await new Promise<Error | null>((resolve) => {
    const target = { hostname: '127.0.0.1', host: `127.0.0.1:${port}`, protocol, port };
    guardedConnector(route)(target, (...outcome) => resolve(outcome[0]));
  });
  expect(error).toBeInstanceOf(EgressError);
  await until(() => closed, { what: 'the connection to close' });
  expect(receivedBytes).toBe(0);
  server.close();
});
