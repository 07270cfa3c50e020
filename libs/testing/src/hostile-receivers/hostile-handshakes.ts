import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { createSecureContext, type SecureContextOptions, TLSSocket } from 'node:tls';
import { CertificateAuthority, type Certified, selfSignedCertificate } from '../certificates.js';
import type { Ending, HostileReceiver } from './hostile-receiver.types.js';
import { answering, flooding, type Treatment, whenAsked } from './wire.js';

const NAMES = ['127.0.0.1'];
const DRIP_INTERVAL_MS = 20;
const CHAIN_LENGTH = 400;
const ANSWER = 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n';

/** TLS records: type, version, length, content. */
const HUGE_SERVER_HELLO = Buffer.from('160303000402ffffff', 'hex');
const WARNING = Buffer.from('15030300020170', 'hex');
const EMPTY_RECORD = Buffer.from('1603030000', 'hex');
const alert = (code: string) => Buffer.from(`150303000202${code}`, 'hex');

function raw(name: string, treat: Treatment, attempt: Ending = 'tls'): HostileReceiver {
  return { name, scheme: 'https', treat, attempt, decision: attempt === 'timeout' ? 'timeout' : 'connect' };
}

type Secured = (socket: TLSSocket, underneath: Socket) => void;

/** Speaks TLS in earnest; what comes of the handshake is up to its options. */
function speaking(options: SecureContextOptions & { requestCert?: boolean }, secured: Secured): Treatment {
  const { requestCert = false, ...context } = options;
  const secureContext = createSecureContext(context);
  return (socket) => {
    const tls = new TLSSocket(socket, { isServer: true, secureContext, requestCert, rejectUnauthorized: requestCert });
    tls.on('error', () => socket.destroy());
    secured(tls, socket);
  };
}

const greeting: Secured = (socket) => answering(ANSWER)(socket);

/** Its handshake begins well, and goes on as `shape` says. */
function shaped({ cert, key }: Certified, shape: (bytes: Buffer, socket: Socket) => void): Treatment {
  return (socket) => {
    const wire = new Duplex({
      read: () => undefined,
      write: (bytes: Buffer, _encoding, done) => {
        shape(bytes, socket);
        done();
      },
    });
    socket.on('data', (bytes) => wire.push(bytes));
    new TLSSocket(wire, { isServer: true, secureContext: createSecureContext({ cert, key }) }).on(
      'error',
      () => undefined,
    );
  };
}

/** One byte each time, whatever there is more. */
function drippingOut(): (bytes: Buffer, socket: Socket) => void {
  const rest: number[] = [];
  let timer: NodeJS.Timeout | null = null;
  return (bytes, socket) => {
    rest.push(...bytes);
    timer ??= setInterval(() => socket.write(Buffer.from(rest.splice(0, 1))), DRIP_INTERVAL_MS);
    const running = timer;
    socket.once('close', () => clearInterval(running));
  };
}

/** What is wrong before TLS stands. */
async function badHandshakes(authority: CertificateAuthority): Promise<HostileReceiver[]> {
  const good = await authority.issue({ names: NAMES });
  const chain = { cert: [good.cert, ...Array<string>(CHAIN_LENGTH).fill(authority.cert)].join('\n'), key: good.key };
  const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL@SECLEVEL=0' } as const;
  const rsaOnly = { maxVersion: 'TLSv1.2', ciphers: 'AES128-SHA' } as const;
  return [
    raw(
      'says nothing to a handshake',
      whenAsked(() => undefined),
      'timeout',
    ),
    raw(
      'closes a handshake',
      whenAsked((socket) => socket.end()),
    ),
    raw(
      'resets a handshake',
      whenAsked((socket) => socket.resetAndDestroy()),
      'reset',
    ),
    raw('answers a handshake in plain text', answering(ANSWER)),
    raw('answers a handshake with random bytes', answering(Buffer.from('8f1b00ff7c0d0a9e00', 'hex'))),
    raw('begins a handshake message of 16 MiB', answering(HUGE_SERVER_HELLO)),
    raw('warns without end', flooding('', WARNING)),
    raw('sends empty records without end', flooding('', EMPTY_RECORD)),
    raw('ends a handshake with an alert', answering(alert('28'))),
    raw('ends a handshake with an alert that there is not', answering(alert('fe')), 'timeout'),
    raw(
      'ends half-way through a handshake',
      shaped(good, (bytes, socket) => socket.end(bytes.subarray(0, 200))),
    ),
    raw(
      'waits half-way through a handshake',
      shaped(good, (bytes, socket) => socket.write(bytes.subarray(0, 200))),
      'timeout',
    ),
    raw('lets a handshake drip', shaped(good, drippingOut()), 'timeout'),
    raw('speaks no TLS that is safe', speaking({ ...good, ...old }, greeting)),
    raw('shares no cipher', speaking({ ...good, ...rsaOnly }, greeting)),
    raw('shows a certificate of nobody known', speaking(good, greeting)),
    raw('shows a chain of 400 certificates', speaking(chain, greeting)),
  ];
}

/** What is wrong with whom it says that it is. */
async function badCertificates(authority: CertificateAuthority): Promise<HostileReceiver[]> {
  const trusted = { ca: authority.cert };
  const showing = (certified: Certified) => speaking(certified, greeting);
  return [
    raw('vouches for itself', showing(await selfSignedCertificate({ names: NAMES }))),
    {
      ...raw('shows an expired certificate', showing(await authority.issue({ names: NAMES, expired: true }))),
      ...trusted,
    },
    { ...raw("shows another's certificate", showing(await authority.issue({ names: ['other.example'] }))), ...trusted },
    {
      ...raw('shows a certificate of clients', showing(await authority.issue({ names: NAMES, usage: 'client' }))),
      ...trusted,
    },
    { ...raw('shows a certificate below one of no authority', showing(await belowNoAuthority(authority))), ...trusted },
  ];
}

/** Issued by whom the authority vouched for as a server only. */
async function belowNoAuthority(authority: CertificateAuthority): Promise<Certified> {
  const impostor = await CertificateAuthority.create();
  const leaf = await impostor.issue({ names: NAMES });
  return { cert: `${leaf.cert}\n${(await authority.issue({ names: NAMES })).cert}`, key: leaf.key };
}

/** What goes wrong once TLS stands. */
async function badSessions(authority: CertificateAuthority): Promise<HostileReceiver[]> {
  const good = await authority.issue({ names: NAMES });
  const once = (secured: Secured, options: SecureContextOptions & { requestCert?: boolean } = {}): Treatment =>
    speaking({ ...good, ...options }, (tls, underneath) => void tls.once('data', () => secured(tls, underneath)));
  const session = (name: string, treat: Treatment, attempt: Ending, isTruncated = false): HostileReceiver => ({
    ...raw(name, treat, attempt),
    ca: authority.cert,
    decision: 'connect',
    isTruncated,
  });
  return [
    session(
      'goes on in plain text',
      once((_, underneath) => underneath.write(ANSWER)),
      'tls',
    ),
    session(
      'closes without a word',
      once((_, underneath) => underneath.destroy()),
      'reset',
    ),
    session(
      'closes within a body',
      once((tls, underneath) => {
        tls.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nbegin', () => underneath.end());
      }),
      200,
      true,
    ),
    session(
      'sends a body without end',
      speaking(good, (tls) => flooding('HTTP/1.1 200 OK\r\n\r\n', 'x')(tls)),
      200,
      true,
    ),
    session(
      'sends a status line without end',
      speaking(good, (tls) => flooding('HTTP/1.1 200 ', 'O')(tls)),
      'response_invalid',
    ),
    session('demands a certificate', speaking({ ...good, requestCert: true }, greeting), 'tls'),
    session('begins its handshake anew for ever', once(renegotiate, { maxVersion: 'TLSv1.2' }), 'tls'),
  ];
}

const renegotiate: Secured = (tls) => {
  tls.renegotiate({}, (error) => {
    if (error === null && !tls.destroyed) renegotiate(tls, tls);
  });
};

/** Every bad kind of TLS. Those that an authority vouches for name it: they do harm to who trusts it. */
export async function hostileHandshakes(): Promise<HostileReceiver[]> {
  const authority = await CertificateAuthority.create();
  const lists = [badHandshakes(authority), badCertificates(authority), badSessions(authority)];
  return (await Promise.all(lists)).flat();
}
