import { createServer, type RequestListener, type Server } from 'node:http';
import { connect } from 'node:net';
import { ambiguousRequests, until } from '@hookstile/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { freePorts } from '../free-ports.ts';
import { type Gateway, startGateway } from './gateway.ts';

const LARGE_BYTES = 3 * 1024 * 1024;
let gateway: Gateway | undefined;
let server: Server | undefined;

async function gatewayTo(listener: RequestListener, dispatcher: 'dead' | 'live' = 'dead'): Promise<string> {
  const [port, upstreamPort, deadPort] = (await freePorts(3)) as [number, number, number];
  server = createServer(listener).listen(upstreamPort, '127.0.0.1');
  const live = `http://127.0.0.1:${upstreamPort}`;
  const dead = `http://127.0.0.1:${deadPort}`;
  const upstreams = {
    config: live,
    'event-ingest': live,
    audit: live,
    dispatcher: dispatcher === 'live' ? live : dead,
  };
  gateway = await startGateway({ port, host: '127.0.0.1', upstreams });
  return `http://127.0.0.1:${port}`;
}

afterEach(async () => {
  await gateway?.close();
  server?.closeAllConnections();
  server?.close();
});

describe('the gateway', () => {
  it('passes method, path, query, headers and body on, and brings status, headers and body back', async () => {
    const url = await gatewayTo((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk) => chunks.push(chunk));
      request.on('end', () => {
        response.writeHead(202, { etag: '"1"', 'set-cookie': ['a=1', 'b=2'] });
        response.end(
          `${request.method} ${request.url} ${request.headers['hookstile-tenant']} ${Buffer.concat(chunks)}`,
        );
      });
    });
    const answer = await fetch(`${url}/v1/tenants?x=%20y`, {
      method: 'POST',
      headers: { 'hookstile-tenant': 't' },
      body: '{"name": "ä"}',
    });
    expect(answer.status).toBe(202);
    expect(answer.headers.get('etag')).toBe('"1"');
    expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(await answer.text()).toBe('POST /v1/tenants?x=%20y t {"name": "ä"}');
  });

  it('streams large bodies whole in both directions', async () => {
    const url = await gatewayTo((request, response) => void request.pipe(response));
    const sent = Buffer.alloc(LARGE_BYTES, 'abc');
    const answer = await fetch(`${url}/v1/tenants`, { method: 'POST', body: sent });
    expect(Buffer.from(await answer.arrayBuffer()).equals(sent)).toBe(true);
  });

  it('shows the first part of an answer before the last one was written', async () => {
    let finish: () => void = () => {};
    const url = await gatewayTo((_, response) => {
      response.write('first');
      finish = () => response.end('last');
    });
    const answer = await fetch(`${url}/v1/event-log/stream`);
    const reader = answer.body?.getReader();
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('first');
    finish();
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('last');
  });

  it('resets the connection where an answer breaks off, since an answer in HTTP/1.0 ends with it', async () => {
    let breakOff = () => {};
    const url = await gatewayTo((_request, response) => {
      response.write('first');
      breakOff = () => response.destroy();
    });
    const caller = connect(Number(new URL(url).port), '127.0.0.1');
    const closed = new Promise((resolve) => {
      caller.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code)).once('end', () => resolve('in order'));
    });
    caller.on('data', (bytes) => {
      if (bytes.includes('first')) breakOff();
    });
    caller.write('GET /v1/event-log HTTP/1.0\r\nhost: x\r\n\r\n');
    expect(await closed).toBe('ECONNRESET');
  });

  it('brings an answer back that came before the body was through', async () => {
    const url = await gatewayTo((_, response) => response.writeHead(413).end('too large'));
    const answer = await fetch(`${url}/v1/tenants`, { method: 'POST', body: Buffer.alloc(LARGE_BYTES) });
    expect([answer.status, await answer.text()]).toEqual([413, 'too large']);
  });

  it('answers 503 with Retry-After for a service that is away', async () => {
    const url = await gatewayTo((_, response) => response.end());
    const answer = await fetch(`${url}/v1/decisions`, { method: 'POST', body: '{}' });
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(await answer.json()).toMatchObject({ status: 503, code: 'unavailable', title: expect.any(String) });
  });

  it('takes a decision while hundreds wait for webhooks that hang', async () => {
    const waiting: (() => void)[] = [];
    const url = await gatewayTo((request, response) => {
      if (request.headers['x-hangs']) waiting.push(() => response.end());
      else response.end('well');
    }, 'live');
    const decide = (headers: Record<string, string>) => fetch(`${url}/v1/decisions`, { method: 'POST', headers });
    const hanging = Array.from({ length: 300 }, () => decide({ 'x-hangs': 'yes' }));
    await until(() => waiting.length === hanging.length);
    expect(await (await decide({})).text()).toBe('well');
    for (const end of waiting) end();
    for (const answer of await Promise.all(hanging)) expect(answer.status).toBe(200);
  });

  it('answers for the log while hundreds follow it', async () => {
    let streams = 0;
    const url = await gatewayTo((request, response) => {
      if (!request.url?.startsWith('/v1/event-log/stream')) return response.end('well');
      streams += 1;
      return response.write(': open\n\n');
    });
    const gone = new AbortController();
    const follow = () => fetch(`${url}/v1/event-log/stream?q=a`, { signal: gone.signal });
    const following = await Promise.all(Array.from({ length: 300 }, follow));
    expect([streams, following.length]).toEqual([300, 300]);
    expect(await (await fetch(`${url}/v1/event-log`)).text()).toBe('well');
    gone.abort();
  });

  it('answers an unknown path with a problem document', async () => {
    const url = await gatewayTo((_, response) => response.end());
    const answer = await fetch(`${url}/v1/nothing`);
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ status: 404, code: 'not_found' });
  });

  it('answers what is not HTTP with a problem document', async () => {
    const url = await gatewayTo((_, response) => response.end());
    const answer = await new Promise<string>((resolve) => {
      let text = '';
      connect(Number(new URL(url).port), '127.0.0.1')
        .on('data', (chunk) => {
          text += chunk;
        })
        .on('close', () => resolve(text))
        .end('NONSENSE\r\n\r\n');
    });
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('"code":"malformed"');
  });

  it('keeps no connection that wanted a tunnel, though its client leaves it half open', async () => {
    const url = await gatewayTo((_, response) => response.end());
    const caller = connect({ port: Number(new URL(url).port), host: '127.0.0.1', allowHalfOpen: true });
    let text = '';
    caller.on('data', (chunk) => {
      text += chunk;
    });
    caller.on('error', () => {});
    caller.write('CONNECT x:443 HTTP/1.1\r\nhost: x\r\n\r\n');
    await until(() => text.includes('"code":"method_not_allowed"'), { what: 'an answer' });
    expect(text).toContain('allow: GET\r\n');
    // Waits for every connection.
    await gateway?.close();
    gateway = undefined;
    caller.destroy();
  });

  it('ends the request to the service when the caller goes away', async () => {
    let upstreamClosed: () => void = () => {};
    const closed = new Promise<void>((resolve) => {
      upstreamClosed = resolve;
    });
    const url = await gatewayTo((_, response) => {
      response.write('x');
      response.on('close', () => upstreamClosed());
    });
    const gone = new AbortController();
    const answer = await fetch(`${url}/v1/stats`, { signal: gone.signal });
    await answer.body?.getReader().read();
    gone.abort();
    await closed;
  });

  it.each(ambiguousRequests('/v1/events', '/v1/me'))(
    'refuses %s, and sends nothing on of what is hidden behind it',
    async (_name, bytes, status) => {
      const hits: string[] = [];
      const url = await gatewayTo((request, response) => {
        hits.push(String(request.url));
        request.resume();
        request.on('end', () => response.end('taken'));
      });
      const caller = connect(Number(new URL(url).port), '127.0.0.1');
      let text = '';
      caller.on('data', (chunk) => {
        text += chunk;
      });
      caller.on('error', () => {});
      const closed = new Promise((resolve) => caller.once('close', resolve));
      caller.write(bytes);
      await closed;
      expect([...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, seen]) => Number(seen))).toEqual([status]);
      expect(text).toContain('application/problem+json');
      expect(hits).not.toContain('/v1/me');
    },
  );
});
