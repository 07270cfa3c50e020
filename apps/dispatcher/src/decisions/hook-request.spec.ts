import { FilledInTooLongError } from '@hookstile/templates';
import { aDecisionRule, type DecisionRuleOverrides } from '@hookstile/testing';
import { expect, test } from 'vitest';
import { RequestUnbuildableError } from '../request/request-unbuildable.error.js';
import { fakeOpener, sealed as sealedFor } from '../request/sealed-fixture.js';
import { hookRequestOf, shownHeadersOf } from './hook-request.js';
import { RulePlans } from './rule-plans.js';

const sealed = (plain: string) => sealedFor(plain, 'decision-rule:rul_1');

function planWith(settings: DecisionRuleOverrides['settings'] = {}, opener = fakeOpener()) {
  return new RulePlans(opener, 'Hookstile/1.2.3').of(aDecisionRule({ settings }));
}

function headersOf(
  settings: DecisionRuleOverrides['settings'],
  values: Record<string, string> = {},
): Record<string, string> {
  const { headers } = hookRequestOf(planWith(settings), new Map(Object.entries(values)));
  return Object.fromEntries(
    headers.flatMap((name, i) => (i % 2 === 0 ? [[name.toLowerCase(), headers[i + 1] ?? '']] : [])),
  );
}

test('fills headers and body in', () => {
  const headers = { 'X-Who': sealed('%username%@%headers.Accept-Language%') };
  const values = new Map([
    ['username', 'ann'],
    ['headers.accept-language', 'de'],
  ]);
  const request = hookRequestOf(planWith({ headers }), values);
  expect(request.headers.join('|')).toContain('X-Who|ann@de');
  expect(request.body.toString()).toBe('{"user":"ann"}');
});

test('asks for plain JSON, and says what it sends, unless the rule says otherwise', () => {
  expect(headersOf({})).toEqual({
    'content-type': 'application/json',
    accept: 'application/json',
    'accept-encoding': 'identity',
    'user-agent': 'Hookstile/1.2.3',
  });
  const headers = { 'Content-Type': sealed('application/x-www-form-urlencoded'), ACCEPT: sealed('*/*') };
  expect(headersOf({ headers, body: 'u=%username%' })).toMatchObject({
    'content-type': 'application/x-www-form-urlencoded',
    accept: '*/*',
  });
  expect(headersOf({ body: 'user %username%' })).toMatchObject({ 'content-type': 'text/plain; charset=utf-8' });
  expect(headersOf({ method: 'GET', body: null })).not.toHaveProperty('content-type');
});

test.each([
  ['a\r\nX-Injected: 1', 'a  X-Injected: 1'],
  ['é', Buffer.from('é').toString('latin1')],
  ['日本', Buffer.from('日本').toString('latin1')],
])('carries %j in a header as UTF-8 in one line', (username, written) => {
  expect(headersOf({ headers: { 'X-Who': sealed('%username%') } }, { username })).toMatchObject({ 'x-who': written });
});

test('authenticates by basic, and takes no password for a parameter', () => {
  const auth = { type: 'basic', username: 'u', password: sealed('%username%') } as const;
  const basic = `Basic ${Buffer.from('u:%username%').toString('base64')}`;
  expect(headersOf({ auth }, { username: 'ann' })).toMatchObject({ authorization: basic });
});

test('never fills in what a URL holds', () => {
  expect(planWith({ url: 'https://example.com/%username%?u=%username%' }).target.path).toBe('/%username%?u=%username%');
});

test('shows what the context gave, and hides what the rule keeps secret', () => {
  const auth = { type: 'basic', username: 'u', password: sealed('p') } as const;
  const headers = { 'X-Key': sealed('s3cret'), 'X-Who': sealed('s3cret-%username%') };
  const shown = shownHeadersOf(planWith({ auth, headers }), new Map([['username', 'ann']]));
  expect(Object.fromEntries(shown)).toMatchObject({ 'X-Key': '***', 'X-Who': '***ann', authorization: '***' });
  expect(JSON.stringify(shown)).not.toMatch(/s3cret|Basic/);
});

test('refuses a context that makes the headers too large', () => {
  const headers = Object.fromEntries(Array.from({ length: 5 }, (_, i) => [`X-${i}`, sealed('%username%')]));
  expect(() => headersOf({ headers }, { username: 'a'.repeat(16_000) })).toThrow(FilledInTooLongError);
});

test('opens secrets once a version, and says which key is missing', () => {
  const opener = fakeOpener();
  const plans = new RulePlans(opener, 'Hookstile/1.2.3');
  const settings = { headers: { 'X-Key': sealed('s') } };
  plans.of(aDecisionRule({ settings }));
  plans.of(aDecisionRule({ settings }));
  expect(opener.opened).toBe(1);
  plans.of(aDecisionRule({ version: 2, settings }));
  expect(opener.opened).toBe(2);
  expect(() => planWith({ headers: { 'X-Key': sealedFor('s', 'decision-rule:rul_2') } })).toThrow(
    RequestUnbuildableError,
  );
});
