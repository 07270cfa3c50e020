import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { portsFrom } from './ports.ts';
import { removeRunFile, writeRunFile } from './run-file.ts';
import { servicesOf } from './service-processes.ts';
import { servicePlans } from './services.ts';

describe('run.json', () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'hookstile-spec-'));
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  function services(mode: 'services' | 'all-in-one', dispatchers: number) {
    const plans = servicePlans({ mode, dispatchers }, portsFrom(5000));
    return servicesOf(plans.map((plan, index) => ({ plan, pid: 100 + index })));
  }

  it('has exactly the shape of the public surface', () => {
    writeRunFile(home, {
      ready: true,
      baseUrl: 'http://127.0.0.1:5000',
      adminKey: 'hk_1',
      services: services('services', 2),
      kafka: { brokers: ['127.0.0.1:5015'], pid: 7 },
      postgres: { url: 'postgres://x', pid: null },
    });
    expect(JSON.parse(readFileSync(join(home, 'run.json'), 'utf8'))).toEqual({
      ready: true,
      baseUrl: 'http://127.0.0.1:5000',
      adminKey: 'hk_1',
      services: {
        config: { url: 'http://127.0.0.1:5001', pid: 100 },
        'event-ingest': { url: 'http://127.0.0.1:5002', pid: 101 },
        dispatcher: [
          { url: 'http://127.0.0.1:5003', pid: 102 },
          { url: 'http://127.0.0.1:5005', pid: 103 },
        ],
        audit: { url: 'http://127.0.0.1:5004', pid: 104 },
      },
      kafka: { brokers: ['127.0.0.1:5015'], pid: 7 },
      postgres: { url: 'postgres://x', pid: null },
    });
    expect(statSync(join(home, 'run.json')).mode & 0o777).toBe(0o600);
    expect(readdirSync(home)).toEqual(['run.json']);
    removeRunFile(home);
    expect(readdirSync(home)).toEqual([]);
  });

  it('names the one process for every service in mode all-in-one', () => {
    expect(services('all-in-one', 1)).toEqual({
      config: { url: 'http://127.0.0.1:5001', pid: 100 },
      'event-ingest': { url: 'http://127.0.0.1:5002', pid: 100 },
      dispatcher: [{ url: 'http://127.0.0.1:5003', pid: 100 }],
      audit: { url: 'http://127.0.0.1:5004', pid: 100 },
    });
  });
});
