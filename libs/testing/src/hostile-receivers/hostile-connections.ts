import type { HostileReceiver } from './hostile-receiver.types.js';
import { answering, type Treatment } from './wire.js';

const OK = 'HTTP/1.1 200 OK\r\n';
const GRANT = '{"status":"ok"}';
const DENY = '{"status":"no"}';
const LATER_MS = 30;

const answered = (body: string): string => `${OK}content-length: ${body.length}\r\n\r\n${body}`;

function unclean(name: string, attempt: 200 | 204, treat: Treatment): HostileReceiver {
  return { name, scheme: 'http', treat, attempt, decision: attempt === 200 ? 'no_match' : 'unparseable' };
}

function lawful(name: string, head: string, body = DENY): HostileReceiver {
  const bytes = Buffer.from(`${OK}${head}content-length: ${body.length}\r\n\r\n${body}`, 'latin1');
  return { name, scheme: 'http', treat: answering(bytes), attempt: 200, decision: 'no_match', keepsConnection: true };
}

function redirecting(name: string, status: number, location: string): HostileReceiver {
  const head = `HTTP/1.1 ${status} Moved\r\n${location === '' ? '' : `location: ${location}\r\n`}content-length: 0\r\n\r\n`;
  const bytes = Buffer.from(head, 'latin1');
  const common = { name, scheme: 'http', treat: answering(bytes), keepsConnection: true } as const;
  return { ...common, attempt: 'redirect', decision: 'http_status' };
}

/** Speaks again when nobody asked. */
const speakingAgain: Treatment = (socket) => {
  socket.once('data', () => {
    socket.write(answered(DENY));
    setTimeout(() => socket.write(answered(GRANT)), LATER_MS);
  });
};

/** What is meant for the next request of a connection, or for whoever follows. */
export const HOSTILE_CONNECTIONS: readonly HostileReceiver[] = [
  unclean('answers twice', 200, answering(`${answered(DENY)}${answered(GRANT)}`)),
  unclean('sends more than it says', 200, answering(`${answered(DENY)}${GRANT}`)),
  unclean('answers again when nobody asks', 200, speakingAgain),
  unclean('sends a body behind a 204', 204, answering(`HTTP/1.1 204 No Content\r\ncontent-length: 15\r\n\r\n${GRANT}`)),
  lawful('asks to be kept for ever', 'keep-alive: timeout=99999999999999999999\r\n'),
  lawful('asks to be kept for a time below zero', 'keep-alive: timeout=-1\r\n'),
  lawful('sets a hundred cookies', 'set-cookie: a=b; HttpOnly\r\n'.repeat(100)),
  lawful('names headers as what objects have', '__proto__: 1\r\nconstructor: 2\r\ntoString: 3\r\n__proto__: 4\r\n'),
  lawful('names a header by thousands of words', `${'-x'.repeat(4_000)}: 1\r\na${'-'.repeat(8_000)}: 2\r\n`),
  lawful('sends headers of bytes beyond ASCII', 'x-a: \u0080\u009b31m\u00ff\r\n'),
  redirecting('redirects to itself', 307, '/'),
  redirecting('redirects to a private address', 302, 'http://169.254.169.254/latest/meta-data/'),
  redirecting('redirects to another scheme', 301, 'file:///etc/passwd'),
  redirecting('redirects to bytes beyond ASCII', 302, `/${'\u0080\u00ff'.repeat(1_000)}`),
  redirecting('redirects to nowhere', 308, ''),
];

/** Values of `Retry-After` that no client should obey, and what is left of them: milliseconds, or nothing. */
export const HOSTILE_RETRY_AFTERS: readonly [value: string, obeyed: boolean][] = [
  ['99999999999999999999999999', false],
  ['-1', false],
  ['1e9', false],
  ['0x7fffffff', false],
  ['NaN', false],
  ['Infinity', false],
  ['Fri, 31 Dec 9999 23:59:59 GMT', true],
  ['999999999', true],
];
