import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { freePorts } from './free-ports.ts';
import { assertFree, portsFrom, portsInUse } from './ports.ts';

const ALL = { dispatchers: 6, demo: true, kafkaBrokers: null, databaseUrl: null };

describe('the ports of a stack', () => {
  it('all lie in base … base + 19, none twice', () => {
    const used = portsInUse(portsFrom(4000), ALL).map(({ port }) => port);
    expect(new Set(used).size).toBe(used.length);
    expect(Math.min(...used)).toBe(4000);
    expect(Math.max(...used)).toBeLessThanOrEqual(4019);
  });

  it('leave out what is given from outside or switched off', () => {
    const given = { dispatchers: 1, demo: false, kafkaBrokers: ['k:1'], databaseUrl: 'postgres://' };
    const used = portsInUse(portsFrom(4000), given).map(({ port }) => port);
    expect(used).toEqual([4000, 4001, 4002, 4003, 4004, 4011, 4012, 4013, 4014]);
  });

  it('that are busy are named with what they are for and what to do', async () => {
    const [port] = (await freePorts(1)) as [number];
    const other = createServer().listen(port, '127.0.0.1');
    await expect(assertFree([{ port, use: 'audit' }], 4000)).rejects.toThrow(
      new RegExp(`^Port ${port} \\(audit\\) is in use .*HOOKSTILE_PORT=`),
    );
    await new Promise((resolve) => other.close(resolve));
    await expect(assertFree([{ port, use: 'audit' }], 4000)).resolves.toBeUndefined();
  });
});
