import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { until } from '@hookstile/testing';
import { expect, it } from 'vitest';
import { whenClosed } from './list-routes.js';

it('tells an export that its reader has gone, also one that had gone before the export could begin', async () => {
  let told = 0;
  const gone = () => {
    told += 1;
  };
  const socket = new Socket();
  const response = new ServerResponse(new IncomingMessage(socket));
  whenClosed(response, gone);
  expect(told).toBe(0);
  response.destroy();
  await until(() => told === 1);
  whenClosed(response, gone);
  expect(told).toBe(2);
});
