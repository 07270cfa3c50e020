import type { HostileReceiver } from './hostile-receiver.types.js';
import { answering, answeringAtLast, byteByByte, dripping, flooding, type Treatment, whenAsked } from './wire.js';

const OK = 'HTTP/1.1 200 OK\r\n';
const HTTP2_SETTINGS = Buffer.from('00000600040000000000030000006400000000040100000000', 'hex');

const answers = (name: string, bytes: string | Buffer): HostileReceiver => invalid(name, answering(bytes));

function invalid(name: string, treat: Treatment): HostileReceiver {
  return { name, scheme: 'http', treat, attempt: 'response_invalid', decision: 'unparseable' };
}

function late(name: string, treat: Treatment): HostileReceiver {
  return { name, scheme: 'http', treat, attempt: 'timeout', decision: 'timeout' };
}

function cut(name: string, treat: Treatment): HostileReceiver {
  return { name, scheme: 'http', treat, attempt: 'reset', decision: 'connect' };
}

/** What goes wrong before an answer's head is whole. */
export const HOSTILE_HEADS: readonly HostileReceiver[] = [
  late(
    'says nothing',
    whenAsked(() => undefined),
  ),
  { ...late('neither reads nor answers', (socket) => socket.pause()), isBlind: true },
  cut('closes as soon as it is connected', (socket) => socket.resume().end()),
  cut('closes once it was asked', answeringAtLast('')),
  cut(
    'resets the connection once it was asked',
    whenAsked((socket) => socket.resetAndDestroy()),
  ),
  cut('closes within the status line', answeringAtLast('HTTP/1.1 2')),
  cut('closes within the headers', answeringAtLast(`${OK}content-length: 2\r\n`)),

  answers('speaks another protocol', 'SSH-2.0-OpenSSH_9.6\r\n'),
  answers('speaks HTTP/2 unasked', HTTP2_SETTINGS),
  answers('answers without a head, as HTTP/0.9 does', '<html>granted</html>\r\n'),
  answers('answers with random bytes', Buffer.from('8f1b00ff7c0d0a9e', 'hex')),
  answers('names a version that there is not', 'HTTP/3.7 200 OK\r\n\r\n'),
  answers('answers with a status of two digits', 'HTTP/1.1 99 Low\r\n\r\n'),
  answers('answers with a status of four digits', 'HTTP/1.1 2000 High\r\n\r\n'),
  answers('answers with a negative status', 'HTTP/1.1 -200 OK\r\n\r\n'),
  answers('answers with a word for a status', 'HTTP/1.1 OK OK\r\n\r\n'),
  answers('switches protocols unasked', 'HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: x\r\n\r\nrest'),
  answers('says Continue unasked', `HTTP/1.1 100 Continue\r\n\r\n${OK}content-length: 0\r\n\r\n`),

  answers('sends a header without a colon', `${OK}granted\r\n\r\n`),
  answers('sends a header without a name', `${OK}: granted\r\n\r\n`),
  answers('sends a header whose name has a blank', `${OK}a b: c\r\n\r\n`),
  answers('sends a header with a NUL', `${OK}a: b\0c\r\n\r\n`),
  answers('sends a header that goes on in the next line', `${OK}a: b\r\n c\r\ncontent-length: 0\r\n\r\n`),
  answers('sends a header with a bare carriage return', `${OK}a: b\rc: d\r\n\r\n`),
  answers('says a length below zero', `${OK}content-length: -1\r\n\r\n`),
  answers('says a length that is no number', `${OK}content-length: 0x10\r\n\r\n`),
  answers('says a length beyond all numbers', `${OK}content-length: 99999999999999999999999\r\n\r\n`),
  answers('says two lengths in one header', `${OK}content-length: 1, 2\r\n\r\nab`),
  answers('says two lengths', `${OK}content-length: 1\r\ncontent-length: 2\r\n\r\nab`),
  answers(
    'says a length beside chunks',
    `${OK}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n`,
  ),

  answers('sends headers of 17 KiB', `${OK}${`a: ${'x'.repeat(1_000)}\r\n`.repeat(17)}content-length: 0\r\n\r\n`),
  answers('sends one header of 17 KiB', `${OK}a: ${'x'.repeat(17_000)}\r\ncontent-length: 0\r\n\r\n`),
  answers('sends a thousand headers', `${OK}${'a: b\r\n'.repeat(1_000)}content-length: 0\r\n\r\n`),
  answers('sends ten thousand empty headers', `${OK}${'a:\r\n'.repeat(10_000)}content-length: 0\r\n\r\n`),
  answers('sends a thousand cookies', `${OK}${'set-cookie: a=b\r\n'.repeat(1_000)}content-length: 0\r\n\r\n`),
  invalid('sends headers without end', flooding(OK, 'x-a: 0123456789abcdef\r\n')),
  invalid('sends a status line without end', flooding('HTTP/1.1 200 ', 'O')),
  invalid('sends blanks in a header without end', flooding(`${OK}a: `, ' ')),
  invalid('sends empty lines without end before its answer', flooding('', '\r\n')),
  invalid('sends interim answers without end', flooding('', 'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n')),
  late('lets a status line drip', dripping('HTTP/1.1 200 ', 'O')),
  late('lets headers drip', dripping(OK, 'x-a: 1\r\n')),
  late('lets one header drip', dripping(`${OK}x-a: `, '1')),
  invalid('lets interim answers drip', dripping('', 'HTTP/1.1 102 Processing\r\n\r\n')),
  late('sends an answer byte by byte that is longer than the deadline', byteByByte(`${OK}${'x-a: 1\r\n'.repeat(100)}`)),
];
