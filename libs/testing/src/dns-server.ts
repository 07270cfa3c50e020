import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { type Answer, decode, encode, type Packet, TRUNCATED_RESPONSE } from 'dns-packet';
import { until } from './until.js';

export interface DnsQuestion {
  /** Lower case. */
  name: string;
  type: 'A' | 'AAAA';
  over: 'udp' | 'tcp';
  /** How often this name and type was asked for, from 1. */
  nth: number;
}

/** What a name service answers, or does instead. */
export type DnsAnswer =
  | {
      /** Those of the question's type are its answer. */
      addresses: readonly string[];
      ttlSeconds?: number;
      /** Names that lead from the asked one to that of the addresses. */
      aliases?: readonly string[];
      /** Answers for another name than the asked one. */
      name?: string;
      /** Answers with another id than the question's. */
      wrongId?: boolean;
      /** Over UDP says no more than that there is more. */
      truncated?: boolean;
      /** Beside the answer, as if somebody had asked for it. */
      additional?: readonly string[];
    }
  | 'nxdomain'
  | 'servfail'
  | 'refused'
  | 'silence'
  | 'garbage'
  /** A record whose data is of another length than its type's. */
  | 'misshapen';

export interface DnsServer {
  /** `address:port`, UDP and TCP. */
  readonly address: string;
  readonly questions: readonly DnsQuestion[];
  /** Names without one do not exist. */
  answer(name: string, answerTo: DnsAnswer | ((question: DnsQuestion) => DnsAnswer)): void;
  close(): Promise<void>;
}

const RCODES = { nxdomain: 3, servfail: 2, refused: 5 } as const;
const LENGTH_BYTES = 2;
const UDP_ANSWER_MAX_BYTES = 1_232;

/** A name service on loopback that answers as it is told, also in ways that none should. */
export async function startDnsServer(): Promise<DnsServer> {
  const questions: DnsQuestion[] = [];
  const counts = new Map<string, number>();
  const answers = new Map<string, (question: DnsQuestion) => DnsAnswer>();

  const replyTo = (request: Buffer, over: 'udp' | 'tcp'): Buffer | null => {
    const query = decode(request);
    const [asked] = query.questions ?? [];
    if (!asked || (asked.type !== 'A' && asked.type !== 'AAAA')) return null;
    const { type } = asked;
    const name = asked.name.toLowerCase();
    const nth = (counts.get(`${name} ${type}`) ?? 0) + 1;
    counts.set(`${name} ${type}`, nth);
    const question: DnsQuestion = { name, type, over, nth };
    questions.push(question);
    return written(query, question, answers.get(name)?.(question) ?? 'nxdomain');
  };

  const tcp = createServer((socket) => {
    let received = Buffer.alloc(0);
    socket
      .on('error', () => undefined)
      .on('data', (chunk) => {
        received = Buffer.concat([received, chunk]);
        while (received.length >= LENGTH_BYTES && received.length >= LENGTH_BYTES + received.readUInt16BE()) {
          const end = LENGTH_BYTES + received.readUInt16BE();
          const reply = replyTo(received.subarray(LENGTH_BYTES, end), 'tcp');
          received = received.subarray(end);
          if (!reply) continue;
          const length = Buffer.alloc(LENGTH_BYTES);
          length.writeUInt16BE(reply.length);
          socket.write(Buffer.concat([length, reply]));
        }
      });
  });
  const port = await new Promise<number>((resolve) => {
    tcp.listen(0, '127.0.0.1', () => {
      const address = tcp.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
  const udp = createSocket('udp4', (request, { port: from, address }) => {
    const reply = replyTo(request, 'udp');
    if (reply) udp.send(reply, from, address);
  });
  await new Promise<void>((resolve) => udp.bind(port, '127.0.0.1', resolve));

  return {
    address: `127.0.0.1:${port}`,
    questions,
    answer: (name, answerTo) =>
      void answers.set(name.toLowerCase(), typeof answerTo === 'function' ? answerTo : () => answerTo),
    close: async () => {
      udp.close();
      let closed = false;
      tcp.close(() => {
        closed = true;
      });
      await until(() => closed, { what: 'the name service to close' });
    },
  };
}

function written(query: Packet, question: DnsQuestion, answer: DnsAnswer): Buffer | null {
  if (answer === 'silence') return null;
  if (answer === 'garbage') return Buffer.from('\xff'.repeat(40), 'latin1');
  const reply: Packet = { id: query.id ?? 0, type: 'response', questions: query.questions ?? [] };
  if (answer === 'misshapen') return misshapen(encode({ ...reply, answers: records(question, ['127.0.0.1', '::1']) }));
  if (typeof answer === 'string') return withRcode(encode(reply), RCODES[answer]);
  const id = answer.wrongId ? (reply.id ?? 0) ^ 1 : (reply.id ?? 0);
  const whole = encode({
    ...reply,
    id,
    answers: [...aliases(question, answer.aliases ?? []), ...records(question, answer.addresses, answer)],
    additionals: (answer.additional ?? []).map((data) => ({ type: 'A' as const, name: question.name, data })),
  });
  const cut = question.over === 'udp' && (answer.truncated || whole.length > UDP_ANSWER_MAX_BYTES);
  return cut ? encode({ ...reply, id, flags: TRUNCATED_RESPONSE }) : whole;
}

function records(
  { name, type }: DnsQuestion,
  addresses: readonly string[],
  {
    ttlSeconds = 60,
    aliases: names = [],
    name: other,
  }: { ttlSeconds?: number; aliases?: readonly string[]; name?: string } = {},
): Answer[] {
  return addresses
    .filter((address) => address.includes(':') === (type === 'AAAA'))
    .map((data) => ({ type, name: other ?? names.at(-1) ?? name, data, ttl: ttlSeconds }));
}

function aliases({ name }: DnsQuestion, names: readonly string[]): Answer[] {
  return names.map((data, index) => ({ type: 'CNAME', name: names[index - 1] ?? name, data, ttl: 0 }));
}

function withRcode(packet: Buffer, rcode: number): Buffer {
  packet.writeUInt8((packet.readUInt8(3) & 0xf0) | rcode, 3);
  return packet;
}

/** One byte of the last record's data is missing, and its length says so. */
function misshapen(packet: Buffer): Buffer {
  const dataBytes = packet.length;
  const isV4 = packet.readUInt16BE(dataBytes - 6) === 4;
  const [at, length] = isV4 ? [dataBytes - 6, 3] : [dataBytes - 18, 15];
  packet.writeUInt16BE(length, at);
  return packet.subarray(0, -1);
}
