import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

const BULK = '/-/npm/v1/security/advisories/bulk';

export interface FakeAdvisory {
  id: number;
  url: string;
  title: string;
  severity: string;
  vulnerable_versions: string;
}

/** A registry of npm, as far as `npm audit` talks to one. */
export interface FakeRegistry {
  url: string;
  /** What it knows: the advisories of a package by its name. */
  advisories: Record<string, FakeAdvisory[]>;
  /** It answers nothing that is asked of it but with this status. */
  refusesWith: number | null;
  /** What it was asked about, a request each. */
  asked: Record<string, string[]>[];
  close(): Promise<void>;
}

export async function startFakeRegistry(): Promise<FakeRegistry> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    response.setHeader('content-type', 'application/json');
    if (registry.refusesWith !== null) return response.writeHead(registry.refusesWith).end();
    if (request.url === BULK)
      return response.end(JSON.stringify(known(bulkOf(request.headers, Buffer.concat(chunks)))));
    // Of a vulnerable package npm looks up which versions there are.
    const name = decodeURIComponent(request.url?.slice(1) ?? '');
    if (!(name in registry.advisories)) return response.writeHead(404).end('{}');
    return response.end(JSON.stringify({ name, versions: {}, 'dist-tags': {} }));
  });
  const known = (asked: Record<string, string[]>) => {
    registry.asked.push(asked);
    return Object.fromEntries(
      Object.keys(asked).flatMap((name) => (registry.advisories[name] ? [[name, registry.advisories[name]]] : [])),
    );
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const registry: FakeRegistry = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    advisories: {},
    refusesWith: null,
    asked: [],
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
  return registry;
}

function bulkOf(headers: NodeJS.Dict<string | string[]>, body: Buffer): Record<string, string[]> {
  const text = headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
  return JSON.parse(text.toString('utf8')) as Record<string, string[]>;
}
