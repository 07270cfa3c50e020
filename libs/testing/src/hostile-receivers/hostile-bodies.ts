import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib';
import type { HostileReceiver } from './hostile-receiver.types.js';
import { answering, answeringAtLast, dripping, flooding, type Treatment } from './wire.js';

const OK = 'HTTP/1.1 200 OK\r\n';
const CHUNKED = `${OK}transfer-encoding: chunked\r\n\r\n`;
/** What would grant, were it believed. */
const GRANT = '{"status":"ok"}';
const LONG = 1024 * 1024 * 1024;
const BOMB_BYTES = 64 * 1024 * 1024;
const NULS = Buffer.alloc(BOMB_BYTES);

/** Its head is whole: that counts for a delivery, though the body ends otherwise than it should. */
function cutShort(
  name: string,
  treat: Treatment,
  decision: HostileReceiver['decision'] = 'unparseable',
): HostileReceiver {
  return { name, scheme: 'http', treat, attempt: 200, decision, isTruncated: true };
}

function whole(
  name: string,
  bytes: string | Buffer,
  decision: HostileReceiver['decision'] = 'unparseable',
): HostileReceiver {
  return { name, scheme: 'http', treat: answering(bytes), attempt: 200, decision, keepsConnection: true };
}

function withBody(head: string, body: string | Buffer): Buffer {
  const bytes = Buffer.from(body);
  return Buffer.concat([Buffer.from(`${OK}${head}content-length: ${bytes.length}\r\n\r\n`), bytes]);
}

function bomb(encoding: string, compressed: Buffer): HostileReceiver {
  const name = `answers with a bomb of ${encoding}`;
  const isTruncated = compressed.length > 64 * 1024;
  return { ...whole(name, withBody(`content-encoding: ${encoding}\r\n`, compressed)), isTruncated };
}

/** What goes wrong behind an answer's head. */
export const HOSTILE_BODIES: readonly HostileReceiver[] = [
  cutShort('sends a body without end', flooding(`${OK}\r\n`, 'x')),
  cutShort('sends a body of a gibibyte', flooding(`${OK}content-length: ${LONG}\r\n\r\n`, 'x')),
  cutShort('sends chunks without end', flooding(CHUNKED, `10\r\n${'x'.repeat(16)}\r\n`)),
  cutShort('sends chunks of one byte without end', flooding(CHUNKED, '1\r\nx\r\n')),
  cutShort('sends a chunk extension without end', flooding(`${CHUNKED}2;a=`, 'x')),
  cutShort('sends trailers without end', flooding(`${CHUNKED}0\r\n`, 'x-a: 1\r\n')),
  cutShort('sends leading zeros of a chunk size without end', flooding(CHUNKED, '0')),
  cutShort('lets a body drip', dripping(`${OK}\r\n`, 'x'), 'timeout'),
  cutShort('lets chunks drip', dripping(CHUNKED, '1\r\nx\r\n'), 'timeout'),
  cutShort('lets a chunk extension drip', dripping(`${CHUNKED}2;a=`, 'x'), 'timeout'),
  cutShort('lets trailers drip', dripping(`${CHUNKED}0\r\n`, 'x-a: 1\r\n'), 'timeout'),
  cutShort('sends less than it says, and waits', answering(`${OK}content-length: 100\r\n\r\n${GRANT}`), 'timeout'),
  cutShort('sends less than it says, and closes', answeringAtLast(`${OK}content-length: 100\r\n\r\n${GRANT}`)),
  cutShort('sends a body without a length, and waits', answering(`${OK}connection: close\r\n\r\n${GRANT}`), 'timeout'),
  cutShort('closes within its chunks', answeringAtLast(`${CHUNKED}f\r\n${GRANT}\r\n`)),
  cutShort('sends a chunk size that is no number', answering(`${CHUNKED}zz\r\n${GRANT}\r\n0\r\n\r\n`)),
  cutShort('sends a chunk size below zero', answering(`${CHUNKED}-1\r\n${GRANT}\r\n0\r\n\r\n`)),
  cutShort('sends a chunk size beyond all numbers', answering(`${CHUNKED}ffffffffffffffffff\r\n${GRANT}\r\n0\r\n\r\n`)),
  cutShort('sends a chunk that is longer than its size', answering(`${CHUNKED}2\r\n${GRANT}\r\n0\r\n\r\n`)),
  cutShort(
    'says chunks that end in gzip',
    answering(`${OK}transfer-encoding: chunked, gzip\r\n\r\n${GRANT}`),
    'timeout',
  ),

  bomb('gzip', gzipSync(NULS)),
  bomb('br', brotliCompressSync(NULS)),
  bomb('zstd', zstdCompressSync(NULS)),
  bomb('gzip, gzip, gzip', gzipSync(gzipSync(gzipSync(NULS)))),
  whole('says that its answer is compressed, which it is not', withBody('content-encoding: gzip\r\n', GRANT)),
  whole('answers with what is no text', withBody('', Buffer.from('00ff0d0a1b5b324a80fe', 'hex'))),
  whole('answers with control characters of terminals', withBody('', '\u001b[2J\u001b]0;owned\u0007\r\n\0')),
  whole('answers with JSON nested 30,000 deep', withBody('', '['.repeat(30_000) + ']'.repeat(30_000))),
  whole('answers with members of the prototype', withBody('', '{"__proto__":{"status":"ok"}}'), 'no_match'),
  { ...whole('answers with 65 KiB', withBody('', `${GRANT}${' '.repeat(65 * 1024)}`)), isTruncated: true },
];
