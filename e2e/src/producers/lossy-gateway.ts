import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface LossyGateway {
  url: string;
  /** Called once an answer has come from behind and before anything of it is passed on. */
  onAnswer: (status: number) => void;
  close(): Promise<void>;
}

/** Passes POST requests on to an API: the place between what the API has done and what its caller knows of it. */
export async function startLossyGateway(apiUrl: string): Promise<LossyGateway> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { authorization = '', 'content-type': type = '', 'hookstile-tenant': tenant = '' } = request.headers;
    const answer = await fetch(`${apiUrl}${request.url}`, {
      method: 'POST',
      headers: { authorization, 'content-type': type, 'hookstile-tenant': String(tenant) },
      body: Buffer.concat(chunks),
    });
    const body = await answer.text();
    gateway.onAnswer(answer.status);
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const gateway: LossyGateway = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    onAnswer: () => undefined,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return gateway;
}
