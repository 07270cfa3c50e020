import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { freePorts } from '../free-ports.ts';
import { formatArguments } from './broker-settings.ts';
import { findJava, javaMajor } from './java.ts';
import { liveBrokers, metadataRequest } from './metadata-request.ts';

describe('Java', () => {
  it.each([
    ['openjdk version "17.0.15" 2025-04-15', 17],
    ['java version "1.8.0_402"', 8],
    ['openjdk version "21" 2023-09-19', 21],
    ['sh: java: not found', null],
  ])('is recognised in %s', (text, major) => {
    expect(javaMajor(text)).toBe(major);
  });

  it('that is missing is said in one line with what to do', () => {
    expect(() => findJava({ PATH: '/nowhere' })).toThrow(/^Java 17 or newer is needed .* Install it .*KAFKA_BROKERS/);
  });
});

describe('the data folder', () => {
  it('is laid out also under a cluster id that looks like an option', () => {
    expect(formatArguments('-Sp_ySwBAGRcCtWjwok6BQ', 'x')).toContain('--cluster-id=-Sp_ySwBAGRcCtWjwok6BQ');
  });
});

describe('the question for live brokers', () => {
  async function answeredWith(bytes: Buffer | null): Promise<number> {
    const [port] = (await freePorts(1)) as [number];
    const server = createServer((socket) => {
      socket.once('data', (asked) => {
        expect(asked.equals(metadataRequest())).toBe(true);
        if (bytes === null) socket.destroy();
        else socket.write(bytes);
      });
    }).listen(port, '127.0.0.1');
    try {
      return await liveBrokers('127.0.0.1', port, 1_000);
    } finally {
      server.close();
    }
  }

  it('reads their number from a metadata answer', async () => {
    const answer = Buffer.alloc(16);
    answer.writeInt32BE(3, 12);
    expect(await answeredWith(answer)).toBe(3);
  });

  it('fails when the connection closes without an answer', async () => {
    await expect(answeredWith(null)).rejects.toThrow();
  });
});
