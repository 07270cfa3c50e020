import { until } from '@hookstile/testing';
import { expect, test } from 'vitest';
import { startHttpReceiver } from '../receive/http-receiver.ts';
import { HttpSender } from './http-sender.ts';

test('posts one event after the other over one connection', async () => {
  const seen: string[] = [];
  const { port } = await startHttpReceiver((path, body, exchange) => {
    seen.push(`${path} ${body}`);
    exchange.answer(200);
  });
  const failures: Error[] = [];
  const sender = new HttpSender({ host: '127.0.0.1', port, key: 'k' }, (error) => failures.push(error));
  const post = (body: string) =>
    new Promise<string>((resolve) => {
      sender.post(body, (status, answer) => resolve(`${status} ${answer}`));
    });
  expect(await post('{"n":1}')).toBe('200 ok');
  expect(await post('{"n":2,"text":"longer"}')).toBe('200 ok');
  sender.close();
  expect(seen).toEqual(['/v1/events {"n":1}', '/v1/events {"n":2,"text":"longer"}']);
  expect(failures).toEqual([]);
});

test('connects anew after the server has closed an idle connection', async () => {
  const receiver = await startHttpReceiver((_path, _body, exchange) => exchange.answer(200));
  const failures: Error[] = [];
  const sender = new HttpSender({ host: '127.0.0.1', port: receiver.port, key: 'k' }, (error) => failures.push(error));
  const post = () => new Promise<number>((resolve) => sender.post('{}', resolve));
  expect(await post()).toBe(200);
  await receiver.refuse();
  await receiver.listen();
  await until(() => !sender.isConnected);
  expect(await post()).toBe(200);
  sender.close();
  expect(failures).toEqual([]);
});
