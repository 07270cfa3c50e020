import { type DecisionRuleSettings, secretOwner } from '@hookstile/contracts';
import { ProblemError, parseBody } from '@hookstile/service-runtime';
import { FIXED_NOW } from '@hookstile/testing';
import { describe, expect, it } from 'vitest';
import { fakeTenantSecrets } from '../tenant-keys/tenant-secrets.fake.js';
import { DecisionRuleDto } from './decision-rule.dto.js';
import { patchDecisionRule } from './decision-rule-patch.js';
import { makeRuleSettings } from './decision-rule-settings.js';
import { decisionRuleDocument } from './decision-rule-view.js';

const secrets = fakeTenantSecrets();
const OWNER = secretOwner('decision-rule', 'rul_1');
const URL_OK = 'https://policy.example.com/check?app=a%20b';

const made = (given: object, current: DecisionRuleSettings | null = null) => {
  const input = parseBody(DecisionRuleDto, { name: 'posture', method: 'POST', url: URL_OK, ...given });
  return makeRuleSettings(input, { ruleId: 'rul_1', current, secrets, nowMs: Date.parse(FIXED_NOW) });
};
const problemOf = (given: object): ProblemError => {
  try {
    made(given);
  } catch (error) {
    if (error instanceof ProblemError) return error;
    throw error;
  }
  throw new Error(`accepted: ${JSON.stringify(given)}`);
};
/** The settings after a merge patch of what is stored. */
const patched = (current: DecisionRuleSettings, patch: object) => {
  const rule = {
    status: 'present',
    version: 1,
    tenantId: 'ten_1',
    state: 'enabled',
    createdAt: '',
    updatedAt: '',
  } as const;
  return made(patchDecisionRule(decisionRuleDocument({ ...rule, settings: current }), patch) as object, current);
};
const opened = (settings: DecisionRuleSettings, name: string) => {
  const sealed = settings.headers[name];
  return sealed && secrets.open(sealed, OWNER);
};

describe('the settings of a decision rule', () => {
  it('fit into a record twice, whatever they were patched together from', () => {
    const responseActions = (count: number) =>
      Array.from({ length: count }, () => ({ type: 'allow', key: 'k', value: 'v'.repeat(4_000) }));
    const current = made({ body: 'ü'.repeat(32_000), responseActions: responseActions(75) });
    expect(() => patched(current, { responseActions: responseActions(99) })).toThrow('at most 393216 bytes');
  });

  it('spell every default out', () => {
    expect(made({ method: 'GET' })).toEqual({
      name: 'posture',
      method: 'GET',
      url: URL_OK,
      headers: {},
      auth: { type: 'none' },
      body: null,
      verification: 'json',
      match: 'first',
      responseActions: [],
      onError: 'deny',
      timeoutMs: 5_000,
      cacheSeconds: 0,
    });
  });

  it('seal the values of headers, which may hold parameters, for this rule alone', () => {
    const settings = made({ headers: 'X-User: %username%, X-Lang: %headers.Accept-Language%' });
    expect(JSON.stringify(settings)).not.toMatch(/%username|Accept/);
    expect([opened(settings, 'X-User'), opened(settings, 'X-Lang')]).toEqual([
      '%username%',
      '%headers.Accept-Language%',
    ]);
    const sealed = settings.headers['X-User'];
    expect(() => sealed && secrets.open(sealed, secretOwner('decision-rule', 'rul_2'))).toThrow();
  });

  it('take a body as text, or as JSON that becomes its text', () => {
    expect(made({ body: '{"user": "%username%"}' }).body).toBe('{"user": "%username%"}');
    expect(made({ body: { user: '%username%', groups: ['%groups%'] } }).body).toBe(
      '{"user":"%username%","groups":["%groups%"]}',
    );
    expect(made({ body: null }).body).toBeNull();
  });

  it('keep what an action compares with as any JSON', () => {
    const responseActions = [true, 0, '', null, [1], { a: 1 }].map((value) => ({ type: 'allow', key: 'a.b', value }));
    expect(made({ responseActions }).responseActions).toEqual(responseActions);
  });

  it('take basic and client credentials', () => {
    expect(made({ auth: { type: 'basic', username: '', password: '' } }).auth).toMatchObject({ type: 'basic' });
    const oauth2 = { type: 'oauth2', tokenUrl: 'https://id.example.com/token', clientId: 'c', clientSecret: 'secret' };
    const { auth } = made({ auth: { ...oauth2, scope: 'read' } });
    expect(auth).toMatchObject({ type: 'oauth2', clientId: 'c', scope: 'read', clientSecret: { lastFour: '' } });
    expect(auth).not.toHaveProperty('audience');
  });
});

describe('parameters of a decision rule', () => {
  it.each([
    [{ headers: { 'X-A': 'a %user% b' } }, '/headers/X-A'],
    [{ headers: 'X-A: %Username%' }, '/headers/X-A'],
    [{ body: '{"a":"%cert_thumbprint_512%"}' }, '/body'],
    [{ body: { a: '%header.X%' } }, '/body'],
  ])('that are unknown are refused under a code of their own: %j', (given, pointer) => {
    const problem = problemOf(given);
    expect([problem.code, problem.status]).toEqual(['unknown_parameter', 422]);
    expect(problem.errors).toEqual([expect.objectContaining({ pointer, code: 'unknown_parameter' })]);
  });

  it('that are unknown are one error of several where more is wrong', () => {
    const problem = problemOf({ body: '%user%', headers: { Host: 'x' } });
    expect(problem.code).toBe('invalid');
    expect(problem.errors?.map(({ pointer, code }) => `${pointer} ${code}`).sort()).toEqual([
      '/body unknown_parameter',
      '/headers/Host header',
    ]);
  });

  it.each(['https://a.b/%username%', 'https://a.b/?u=%C3%A4%device_id%', 'https://a.b/?h=%headers.X-Y%'])(
    'are refused in the URL: %s',
    (url) => {
      const problem = problemOf({ url });
      expect(problem.code).toBe('invalid');
      expect(problem.errors).toEqual([expect.objectContaining({ pointer: '/url', code: 'parameter_in_url' })]);
    },
  );

  it('are not what percent-encoding is taken for', () => {
    for (const url of ['https://a.b/a%20b%20c', 'https://a.b/%C3%A4%C3%B6', 'https://a.b/100%25%']) {
      expect(made({ url }).url).toBe(url);
    }
    expect(made({ body: '20% of 30% and 100%' }).body).toBe('20% of 30% and 100%');
  });
});

describe('input of a decision rule', () => {
  const action = { type: 'allow', key: 'a', value: 1 };
  const many = (length: number) => Array.from({ length }, () => action);

  it.each([
    [{ method: undefined }, '/method'],
    [{ method: 'PUT' }, '/method'],
    [{ method: 'GET', body: '{}' }, '/body'],
    [{ method: 'GET', body: '' }, '/body'],
    [{ name: '' }, '/name'],
    [{ url: 'ftp://a.b' }, '/url'],
    [{ foo: 1 }, '/foo'],
    [{ headers: { 'Content-Length': '1' } }, '/headers/Content-Length'],
    [{ headers: { 'X-A': 'a\nb' } }, '/headers/X-A'],
    [
      { headers: { authorization: 'x' }, auth: { type: 'basic', username: '', password: '' } },
      '/headers/authorization',
    ],
    [{ auth: { type: 'apiKey', value: 'x' } }, '/auth/type'],
    [{ auth: { type: 'bearer', token: 'x' } }, '/auth/type'],
    [{ auth: { type: 'basic', username: 'u' } }, '/auth/password'],
    [{ auth: { type: 'oauth2', tokenUrl: 'ftp://a.b', clientId: 'c', clientSecret: 's' } }, '/auth/tokenUrl'],
    [{ auth: { type: 'oauth2', clientId: 'c', clientSecret: 's' } }, '/auth/tokenUrl'],
    [{ auth: { type: 'oauth2', tokenUrl: 'https://a.b', clientSecret: 's' } }, '/auth/clientId'],
    [{ auth: { type: 'none', token: 'x' } }, '/auth/token'],
    [{ body: 7 }, '/body'],
    [{ body: 'a\0' }, '/body'],
    [{ body: 'ä'.repeat(32 * 1_024 + 1) }, '/body'],
    [{ verification: 'xml' }, '/verification'],
    [{ match: 'any' }, '/match'],
    [{ responseActions: {} }, '/responseActions'],
    [{ responseActions: many(101) }, '/responseActions'],
    [{ responseActions: [7] }, '/responseActions'],
    [{ responseActions: [null] }, '/responseActions'],
    [{ responseActions: [[]] }, '/responseActions'],
    [{ responseActions: [{ ...action, type: 'maybe' }] }, '/responseActions/0/type'],
    [{ responseActions: [{ ...action, key: '' }] }, '/responseActions/0/key'],
    [{ responseActions: [{ ...action, key: 'x'.repeat(1_025) }] }, '/responseActions/0/key'],
    [{ responseActions: [{ type: 'allow', key: 'a' }] }, '/responseActions/0/value'],
    [{ responseActions: [{ ...action, value: 'x'.repeat(4_095) }] }, '/responseActions/0/value'],
    [{ responseActions: [{ ...action, value: ['\0'] }] }, '/responseActions/0/value'],
    [{ responseActions: [{ ...action, value: Number.POSITIVE_INFINITY }] }, '/responseActions/0/value'],
    [{ responseActions: [{ ...action, foo: 1 }] }, '/responseActions/0/foo'],
    [{ onError: 'ask' }, '/onError'],
    [{ timeoutMs: 0 }, '/timeoutMs'],
    [{ timeoutMs: 60_001 }, '/timeoutMs'],
    [{ cacheSeconds: -1 }, '/cacheSeconds'],
    [{ cacheSeconds: 86_401 }, '/cacheSeconds'],
    [{ enabled: 1 }, '/enabled'],
  ])('is refused where %j', (given, pointer) => {
    const problem = problemOf(given);
    expect(problem.code).toBe('invalid');
    expect(problem.errors?.map((error) => error.pointer)).toContain(pointer);
  });

  it('is taken at its bounds', () => {
    const body = 'ä'.repeat(32 * 1_024);
    const responseActions = [...many(99), { ...action, key: 'x'.repeat(1_024), value: 'x'.repeat(4_094) }];
    expect(made({ body, responseActions, timeoutMs: 60_000, cacheSeconds: 86_400 })).toMatchObject({ body });
  });
});

describe('a patch of a decision rule', () => {
  const current = made({
    headers: { 'X-A': 'first', 'X-B': 'second' },
    body: '{}',
    auth: { type: 'basic', username: 'u', password: 'pass word' },
    timeoutMs: 100,
  });

  it('keeps every secret that it does not name', () => {
    expect(patched(current, {})).toEqual(current);
    expect(patched(current, { auth: { username: 'v' } })).toHaveProperty('auth', { ...current.auth, username: 'v' });
  });

  it('replaces a header in any case, and an auth by one of another type', () => {
    const next = patched(current, { headers: { 'x-a': 'new', 'x-b': null }, auth: { type: 'none' } });
    expect(Object.keys(next.headers)).toEqual(['x-a']);
    expect([opened(next, 'x-a'), next.auth]).toEqual(['new', { type: 'none' }]);
  });

  it('gives a member its default again by null', () => {
    expect(patched(current, { timeoutMs: null, body: null })).toMatchObject({ timeoutMs: 5_000, body: null });
    expect(patched(current, { method: 'GET', body: null })).toMatchObject({ method: 'GET', body: null });
  });
});
