import { connect } from 'node:net';

const METADATA_API_KEY = 3;
const METADATA_API_VERSION = 4;
const CLIENT_ID = 'hookstile-start';
const RESPONSE_HEADER_BYTES = 4 + 4 + 4;

/** Metadata v4 for no topics, framed: it asks only which brokers are alive. */
export function metadataRequest(): Buffer {
  const clientId = Buffer.from(CLIENT_ID);
  const body = Buffer.alloc(8 + 2 + clientId.length + 4 + 1);
  body.writeInt16BE(METADATA_API_KEY, 0);
  body.writeInt16BE(METADATA_API_VERSION, 2);
  body.writeInt32BE(1, 4);
  body.writeInt16BE(clientId.length, 8);
  clientId.copy(body, 10);
  body.writeInt32BE(0, 10 + clientId.length);
  const frame = Buffer.alloc(4 + body.length);
  frame.writeInt32BE(body.length, 0);
  body.copy(frame, 4);
  return frame;
}

/** How many live brokers a cluster reports. An open port says less: a fenced broker listens already and refuses topics. */
export function liveBrokers(host: string, port: number, timeoutMs: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    let received = Buffer.alloc(0);
    socket.setTimeout(timeoutMs, () => socket.destroy(new Error(`no answer within ${timeoutMs} ms`)));
    socket.once('connect', () => socket.write(metadataRequest()));
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      // Frame length, correlation id, throttle time, then the count of the brokers.
      if (received.length < RESPONSE_HEADER_BYTES + 4) return;
      resolve(received.readInt32BE(RESPONSE_HEADER_BYTES));
      socket.destroy();
    });
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('the connection was closed without an answer')));
  });
}
