import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CommandLine, FakeApi, json } from './command-line.fake.ts';

const KEY = 'hk_0123456789abcdef0123456789abcdef0123456789abcdef';
const EMPTY = { created: 0, changed: 0, deleted: 0, unchanged: 0 };

let api: FakeApi;
let line: CommandLine;

beforeEach(async () => {
  api = await FakeApi.start();
  line = new CommandLine();
  line.environment = { HOOKSTILE_URL: api.url, HOOKSTILE_API_KEY: KEY };
});
afterEach(() => api.close());

const problem = (status: number, code: string, detail: string, errors?: object[]) => {
  api.answer = (_request, response) =>
    json(response, status, { status, code, detail, errors }, { 'content-type': 'application/problem+json' });
};

describe('login', () => {
  const profilesPath = () => join(line.configHome, 'hookstile', 'profiles.json');

  beforeEach(() => {
    line.environment = {};
    api.answer = (_request, response) => json(response, 200, { tenantId: 'ten_1', role: 'editor', keyId: 'key_1' });
  });

  it('keeps a key that works where only its owner can read it, and prints it nowhere', async () => {
    line.answers = [`${api.url}/`, KEY];
    expect(await line.run('login')).toBe(0);
    expect(api.requests[0]).toMatchObject({ path: '/v1/me', headers: { authorization: `Bearer ${KEY}` } });
    expect(line.out).toContain(`editor of tenant ten_1; profile "default"`);
    expect(line.out + line.err).not.toContain(KEY);
    expect(statSync(profilesPath()).mode & 0o777).toBe(0o600);
    expect(await line.run('redeliver', 'dlv_1')).toBe(0);
    expect(api.requests[1]?.headers.authorization).toBe(`Bearer ${KEY}`);
  });

  it('keeps nothing where the key is refused', async () => {
    problem(401, 'unauthorized', 'a valid key is needed');
    line.piped = `${KEY}\n`;
    expect(await line.run('login', '--url', api.url)).toBe(1);
    expect(line.err).toBe('Refused: a valid key is needed (401 unauthorized).\n');
    expect(() => readFileSync(profilesPath())).toThrow();
  });

  it('says in a sentence that what it keeps cannot be written', async () => {
    writeFileSync(join(line.configHome, 'hookstile'), 'no folder');
    line.piped = KEY;
    expect(await line.run('login', '--url', api.url)).toBe(2);
    expect(line.err).toMatch(/profiles\.json cannot be written: E[A-Z]+\.\n$/);
  });

  it('takes no key from the command line', async () => {
    expect(await line.run('login', '--url', api.url, '--key', KEY)).toBe(2);
    expect(api.requests).toEqual([]);
  });

  it('keeps several accounts by name, the platform key with its tenant', async () => {
    line.piped = KEY;
    await line.run('login', '--url', api.url, '--profile', 'one');
    await line.run('login', '--url', api.url, '--profile', 'two', '--tenant', 'acme');
    api.requests.length = 0;
    await line.run('redeliver', 'a');
    await line.run('redeliver', 'a', '--profile', 'one');
    await line.run('redeliver', 'a', '--profile', 'one', '--tenant', 'other');
    expect(api.requests.map(({ headers }) => headers['hookstile-tenant'])).toEqual(['acme', undefined, 'other']);
    expect(await line.run('redeliver', 'a', '--profile', 'none')).toBe(2);
  });

  it('uses no file that others can read, and sends no key elsewhere than where it was given for', async () => {
    line.piped = KEY;
    await line.run('login', '--url', api.url);
    api.requests.length = 0;
    line.environment = { HOOKSTILE_URL: 'http://127.0.0.1:9' };
    expect(await line.run('redeliver', 'a')).toBe(2);
    line.environment = {};
    chmodSync(profilesPath(), 0o644);
    expect(await line.run('redeliver', 'a')).toBe(2);
    expect(line.err).toContain('can be read by others');
    expect(api.requests).toEqual([]);
  });

  it('takes address and platform key from the stack that runs here', async () => {
    const home = join(line.configHome, 'home');
    mkdirSync(home);
    writeFileSync(join(home, 'run.json'), JSON.stringify({ baseUrl: api.url, adminKey: 'platform-key' }));
    expect(await line.run('login', '--local', home, '--tenant', 'acme')).toBe(0);
    expect(api.requests[0]?.headers).toMatchObject({
      authorization: 'Bearer platform-key',
      'hookstile-tenant': 'acme',
    });
  });
});

describe('apply', () => {
  const file = () => join(line.configHome, 'hooks.yaml');
  const answers = (summary: Partial<typeof EMPTY>, items: object[]) => {
    api.answer = ({ body }, response) =>
      json(response, 200, { dryRun: JSON.parse(body).dryRun, summary: { ...EMPTY, ...summary }, items });
  };
  const bodies = () => api.requests.map(({ body }) => JSON.parse(body));
  const gone = {
    name: 'Gone',
    action: 'deleted',
    id: 'int_2',
    changes: [{ pointer: '', from: { url: 'https://g' }, to: null }],
  };

  beforeEach(() => writeFileSync(file(), 'items:\n  - {name: SIEM, url: "https://s"}\n'));

  it('shows what it does, does it, and shows a secret that is shown this once', async () => {
    answers({ created: 1, changed: 1 }, [
      {
        name: 'SIEM',
        action: 'created',
        id: null,
        changes: [{ pointer: '', from: null, to: { url: 'https://s' } }],
        signingSecret: 'whsec_1',
      },
      { name: 'B\u001b[31m', action: 'changed', id: 'int_1', changes: [{ pointer: '/url', from: 'a', to: 'b' }] },
    ]);
    expect(await line.run('apply', '-f', file())).toBe(0);
    const items = [{ name: 'SIEM', url: 'https://s' }];
    expect(bodies()).toEqual([
      { items, dryRun: true },
      { items, dryRun: false },
    ]);
    expect(line.out.split('\n')).toEqual([
      '+ SIEM',
      '    https://s',
      '~ B [31m  int_1',
      '    /url: "a" → "b"',
      'Planned: 1 created, 1 changed, 0 deleted, 0 unchanged',
      'Applied: 1 created, 1 changed, 0 deleted, 0 unchanged',
      'signing secret of SIEM, shown this once: whsec_1',
      '',
    ]);
  });

  it('changes nothing in a dry run, and where there is nothing to change', async () => {
    answers({ deleted: 1 }, [gone]);
    expect(await line.run('apply', '-f', file(), '--dry-run')).toBe(0);
    expect(line.out).toContain('- Gone  int_2');
    answers({ unchanged: 1 }, []);
    expect(await line.run('apply', '-f', file())).toBe(0);
    expect(bodies().map(({ dryRun }) => dryRun)).toEqual([true, true]);
  });

  it('deletes only what somebody said yes to', async () => {
    answers({ deleted: 1 }, [gone]);
    line.answers = ['no', 'yes'];
    expect(await line.run('apply', '-f', file())).toBe(1);
    expect(bodies()).toHaveLength(1);
    expect(await line.run('apply', '-f', file())).toBe(0);
    expect(bodies()).toHaveLength(3);
    line.piped = readFileSync(file(), 'utf8');
    expect(await line.run('apply', '-f', '-')).toBe(1);
    expect(line.err).toContain('Say --yes');
    expect(await line.run('apply', '-f', '-', '--yes', '--json')).toBe(0);
    expect(JSON.parse(line.out)).toMatchObject({ dryRun: false, summary: { deleted: 1 } });
  });

  it.each(['"s3cret', '"a" s3cret"', '*s3cret', '!s3cret x', '{s3cret', 'a: s3cret: b', '@s3cret', '|s3cret'])(
    'quotes nothing of a file that a secret breaks: %s',
    async (token) => {
      writeFileSync(file(), `- name: a\n  url: b\n  request: {}\n  token: ${token}\n`);
      expect(await line.run('apply', '-f', file())).toBe(2);
      expect(line.err).toMatch(/hooks\.yaml: [A-Z].+\.\n$/);
      expect(line.err).not.toContain('s3cret');
    },
  );

  it('reads no more of a file without an end than a list may have', async () => {
    expect(await line.run('apply', '-f', '/dev/zero')).toBe(2);
    expect(line.err).toBe('/dev/zero has more than 4194304 bytes.\n');
  });

  it('names every wrong place of a list that is refused', async () => {
    problem(422, 'invalid', 'The input is not valid.', [
      { pointer: '/items/0/url', code: 'x', detail: 'must be a URL' },
    ]);
    expect(await line.run('apply', '-f', file())).toBe(1);
    expect(line.err).toBe('Refused: The input is not valid (422 invalid).\n  /items/0/url: must be a URL\n');
    problem(422, 'invalid', '/items/0/url: must be a URL.', [{ pointer: '/items/0/url', detail: 'must be a URL.' }]);
    await line.run('apply', '-f', file());
    expect(line.err).toBe('Refused: /items/0/url: must be a URL (422 invalid).\n');
  });

  it.each([
    ['a: [', 'hooks.yaml'],
    ['{"items": [], "dryRun": true}', '"dryRun" has no meaning'],
    ['name: SIEM', '"items"'],
    ['items: []\nitems: []', 'unique'],
    ['{"items": [], "\u001b[31m": 1}', '" [31m" has no meaning'],
    ['- a'.padEnd(4 * 1024 * 1024 + 1), 'more than 4194304 bytes'],
  ])('refuses the file %j as wrong usage', async (text, said) => {
    writeFileSync(file(), text);
    expect(await line.run('apply', '-f', file())).toBe(2);
    expect(line.err).toContain(said);
    expect(api.requests).toEqual([]);
  });
});

describe('send', () => {
  it('sends data byte for byte', async () => {
    api.answer = (_request, response) => json(response, 202, { id: 'evt_1' });
    expect(await line.run('send', 'a.b', '--data', '{"n": 1.0e2, "big": 12345678901234567890}', '--subject', 's')).toBe(
      0,
    );
    expect(api.requests[0]?.body).toBe('{"type":"a.b","subject":"s","data":{"n": 1.0e2, "big": 12345678901234567890}}');
    line.piped = '[1.50]\n';
    await line.run('send', 'a.b', '--data', '-', '--json');
    expect(api.requests[1]?.body).toBe('{"type":"a.b","data":[1.50]}');
    expect(JSON.parse(line.out)).toEqual({ id: 'evt_1' });
  });

  it('sends nothing that is no JSON, nor what would end the data early', async () => {
    for (const data of ['x', '1,"type":"c"', '']) expect(await line.run('send', 'a.b', '--data', data)).toBe(2);
    expect(api.requests).toEqual([]);
  });
});

describe('any command', () => {
  it('says by its exit code what went wrong', async () => {
    problem(503, 'unavailable', 'Kafka is away');
    expect(await line.run('send', 'a', '--data', '1')).toBe(3);
    problem(429, 'rate_limited', 'Too many requests');
    expect(await line.run('send', 'a', '--data', '1')).toBe(3);
    line.environment.HOOKSTILE_URL = 'http://127.0.0.1:9';
    expect(await line.run('send', 'a', '--data', '1')).toBe(3);
    expect(line.err).toMatch(/^http:\/\/127\.0\.0\.1:9 cannot be reached: \w+.*\.\n$/);
    line.environment = {};
    expect(await line.run('send', 'a', '--data', '1')).toBe(2);
    expect(await line.run('odd')).toBe(2);
    expect(await line.run('--version')).toBe(0);
    for (const command of ['login', 'apply', 'tail', 'send', 'redeliver'])
      expect(await line.run(command, '--help')).toBe(0);
  });

  it('does not say of an answer that hides what was done that nothing was', async () => {
    problem(503, 'unavailable', 'The change is stored and will be published.');
    await line.run('send', 'a', '--data', '1');
    expect(line.err).toBe('Failed: The change is stored and will be published (503 unavailable).\n');
  });

  it('quotes no key that cannot be sent, and sends one without the line end around it', async () => {
    line.environment.HOOKSTILE_API_KEY = `${KEY}\nsecond`;
    expect(await line.run('redeliver', 'a')).toBe(2);
    expect(line.err).toBe('That is no key.\n');
    line.environment.HOOKSTILE_API_KEY = `${KEY}\n`;
    expect(await line.run('redeliver', 'a')).toBe(0);
  });

  it('lets no text of others write to the terminal, in JSON neither', async () => {
    const [hostile, inJson] = ['a\u001b[31mb\u009b2Jc\u202ed', '"a\\u001b[31mb\\u009b2Jc\\u202ed"'];
    api.answer = (_request, response) => json(response, 200, { id: hostile, tenantId: hostile, role: hostile });
    await line.run('send', 'a', '--data', '1', '--json');
    expect(line.out).toContain(inJson);
    expect(JSON.parse(line.out).id).toBe(hostile);
    line.piped = KEY;
    await line.run('login', '--url', api.url);
    expect(line.out).toContain('a [31mb 2Jc d of tenant a [31mb 2Jc d;');
    api.answer = (_request, response) =>
      response.writeHead(200).end(`event: attempt\ndata: ${JSON.stringify({ eventType: hostile })}\n\n`);
    await line.run('tail', '--json', '--count', '1');
    expect(line.out).toBe(`{"eventType":${inJson}}\n`);
  });

  it('follows no redirect with its key', async () => {
    api.answer = (_request, response) => response.writeHead(307, { location: '/elsewhere' }).end();
    expect(await line.run('redeliver', 'a')).toBe(3);
    expect(api.requests).toHaveLength(1);
  });
});
