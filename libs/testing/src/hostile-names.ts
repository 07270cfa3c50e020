import type { DnsAnswer, DnsQuestion } from './dns-server.js';

/** Stands for a public address; the only one that may be reached. */
export const PUBLIC_ADDRESS = '127.0.0.2';

/** Stands for the inside of a network, with `::1`: nothing may connect there. */
export const INSIDE_ADDRESS = '127.0.0.1';

/** What a name service may do so that a request ends up inside. */
export interface HostileName {
  what: string;
  answers: (question: DnsQuestion) => DnsAnswer;
  /** How the attempt ends; `reaches`: at the public address. */
  ends: 'blocked_address' | 'dns' | 'reaches';
}

const answers = (what: string, ends: HostileName['ends'], answer: DnsAnswer | HostileName['answers']): HostileName => ({
  what,
  ends,
  answers: typeof answer === 'function' ? answer : () => answer,
});
const resolves = (what: string, ...addresses: string[]) => answers(what, 'blocked_address', { addresses });
const many = (count: number) => Array.from({ length: count }, () => PUBLIC_ADDRESS);
const links = (count: number) => Array.from({ length: count }, (_, n) => `link${n}.example`);

/** One more is one line more. Each is asked for under a name of its own. */
export const HOSTILE_NAMES: readonly HostileName[] = [
  answers('a public address, to show that one is reached', 'reaches', { addresses: [PUBLIC_ADDRESS] }),
  resolves('loopback', INSIDE_ADDRESS),
  resolves('IPv6 loopback', '::1'),
  resolves('loopback of both kinds', INSIDE_ADDRESS, '::1'),
  resolves('a private address', '10.0.0.1'),
  resolves('metadata', '169.254.169.254'),
  resolves('metadata over IPv6', 'fd00:ec2::254'),
  resolves('carrier-grade NAT', '100.64.0.1'),
  resolves('unspecified', '0.0.0.0'),
  resolves('IPv6 unspecified', '::'),
  resolves('unique local', 'fd00::1'),
  resolves('link-local', 'fe80::1'),
  resolves('loopback, IPv4-mapped', '::ffff:7f00:1'),
  resolves('loopback by NAT64', '64:ff9b::7f00:1'),
  resolves('loopback by 6to4', '2002:7f00:1::1'),
  resolves('loopback by Teredo', '2001:0:7f00:1::1'),
  resolves('loopback by ISATAP', '2600:1f18::5efe:7f00:1'),
  resolves('a public address, then loopback', PUBLIC_ADDRESS, INSIDE_ADDRESS),
  resolves('loopback, then a public address', INSIDE_ADDRESS, PUBLIC_ADDRESS),
  resolves('a public A beside an AAAA of loopback', PUBLIC_ADDRESS, '::1'),
  resolves('a public A beside an AAAA of loopback, mapped', PUBLIC_ADDRESS, '::ffff:7f00:1'),
  resolves('loopback as the last of 60', ...many(59), INSIDE_ADDRESS),
  resolves('loopback as the last of 100, over TCP', ...many(99), INSIDE_ADDRESS),
  answers('600 addresses, each of which would have to be looked at', 'dns', { addresses: many(600) }),
  answers('600 addresses, loopback the last of them', 'dns', { addresses: [...many(599), INSIDE_ADDRESS] }),
  answers('an alias of localhost', 'blocked_address', { addresses: [INSIDE_ADDRESS], aliases: ['localhost'] }),
  answers("an alias of a cloud's metadata", 'blocked_address', {
    addresses: ['169.254.169.254'],
    aliases: ['metadata.google.internal'],
  }),
  answers('nine aliases and a private address', 'blocked_address', { addresses: ['10.0.0.1'], aliases: links(9) }),
  answers('another address to each question, without time to live', 'reaches', ({ nth }) => ({
    addresses: [nth === 1 ? PUBLIC_ADDRESS : INSIDE_ADDRESS],
    ttlSeconds: 0,
  })),
  answers('another address to each question, to be kept for a day', 'reaches', ({ nth }) => ({
    addresses: [nth === 1 ? PUBLIC_ADDRESS : INSIDE_ADDRESS],
    ttlSeconds: 86_400,
  })),
  answers('a public address over UDP, loopback over TCP', 'blocked_address', ({ over }) => ({
    addresses: [over === 'tcp' ? INSIDE_ADDRESS : PUBLIC_ADDRESS],
    truncated: true,
  })),
  answers('silence about A, loopback for AAAA', 'blocked_address', ({ type }) =>
    type === 'A' ? 'silence' : { addresses: ['::1'] },
  ),
  answers('a public A, silence about AAAA', 'reaches', ({ type }) =>
    type === 'AAAA' ? 'silence' : { addresses: [PUBLIC_ADDRESS] },
  ),
  answers('a public A, a failure about AAAA', 'reaches', ({ type }) =>
    type === 'AAAA' ? 'servfail' : { addresses: [PUBLIC_ADDRESS] },
  ),
  answers('loopback beside the answer', 'reaches', { addresses: [PUBLIC_ADDRESS], additional: [INSIDE_ADDRESS] }),
  answers('under the id of another question', 'dns', { addresses: [INSIDE_ADDRESS], wrongId: true }),
  answers('nothing, with an address beside it', 'dns', { addresses: [], additional: [INSIDE_ADDRESS] }),
  answers('nothing', 'dns', { addresses: [] }),
  answers('an alias of nothing', 'dns', { addresses: [], aliases: ['nowhere.example'] }),
  answers('an alias of itself', 'dns', ({ name }) => ({ addresses: [], aliases: [name] })),
  answers('that there is no such name', 'dns', 'nxdomain'),
  answers('that it failed', 'dns', 'servfail'),
  answers('that it does not want to', 'dns', 'refused'),
  answers('never', 'dns', 'silence'),
  answers('garbage', 'dns', 'garbage'),
  answers('an address of three bytes', 'dns', 'misshapen'),
];
