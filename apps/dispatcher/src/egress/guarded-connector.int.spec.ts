import { type AddressInfo, createServer } from 'node:net';
import { until } from '@hookstile/testing';
import { expect, test } from 'vitest';
import type { AddressPolicy } from './address-policy.js';
import { BlockedAddressError } from './blocked-address.error.js';
import { guardedConnector } from './guarded-connector.js';

/** Lets the literal pass, as if another address than the one that was checked had been connected to. */
function blocksThePeer(): AddressPolicy {
  let checks = 0;
  return {
    assertAllowed: (address) => {
      checks += 1;
      if (checks > 1) throw new BlockedAddressError(address, 'loopback');
    },
  };
}

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
  const error = await new Promise<Error | null>((resolve) => {
    const target = { hostname: '127.0.0.1', host: `127.0.0.1:${port}`, protocol, port };
    guardedConnector(blocksThePeer())(target, (...outcome) => resolve(outcome[0]));
  });
  expect(error).toBeInstanceOf(BlockedAddressError);
  await until(() => closed, { what: 'the connection to close' });
  expect(receivedBytes).toBe(0);
  server.close();
});
