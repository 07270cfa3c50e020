import type { IntegrationSettings } from '@hookstile/contracts';
import { anIntegration, integrationSettings } from '@hookstile/testing';
import { expect, test } from 'vitest';
import { MASKED } from './request-plan.js';
import { RequestPlans } from './request-plans.js';
import { fakeOpener, sealed } from './sealed-fixture.js';

const plansWith = (opener = fakeOpener()) => new RequestPlans(opener, 'Hookstile/1.2.3');

function integrationWith(request: Partial<IntegrationSettings['request']>, url = 'https://example.com/hook') {
  const settings = integrationSettings();
  return anIntegration({ settings: { url, request: { ...settings.request, ...request } } });
}

const headersOf = (request: Partial<IntegrationSettings['request']>) =>
  plansWith().of(integrationWith(request)).fixedHeaders;

test('sends JSON and names Hookstile where the user gave no headers', () => {
  expect(headersOf({})).toEqual(['content-type', 'application/json', 'user-agent', 'Hookstile/1.2.3']);
});

test.each([
  [{ type: 'apiKey', header: 'X-Key', value: sealed('k 1') } as const, ['X-Key', 'k 1']],
  [
    { type: 'apiKey', header: 'Authorization', value: sealed('Key abc/1==') } as const,
    ['Authorization', 'Key abc/1=='],
  ],
  [{ type: 'bearer', token: sealed('t1') } as const, ['authorization', 'Bearer t1']],
  [{ type: 'basic', username: 'u', password: sealed('p:é') } as const, ['authorization', 'Basic dTpwOsOp']],
  [{ type: 'basic', username: '', password: sealed('') } as const, ['authorization', 'Basic Og==']],
  [{ type: 'basic', username: 'u', password: sealed('') } as const, ['authorization', 'Basic dTo=']],
  [{ type: 'basic', username: '', password: sealed('p') } as const, ['authorization', 'Basic OnA=']],
])('sends the auth %o', (auth, expected) => {
  expect(headersOf({ auth }).slice(-2)).toEqual(expected);
});

test("replaces a default header by the user's of the same name in any case", () => {
  const headers = headersOf({ headers: { 'Content-Type': sealed('application/vnd.x+json') } });
  expect(headers.filter((name) => name.toLowerCase() === 'content-type')).toEqual(['Content-Type']);
  expect(headers).toContain('application/vnd.x+json');
});

test("masks the user's header values and auth in what is recorded", () => {
  const plan = plansWith().of(
    integrationWith({ headers: { 'X-Team': sealed('s3cret') }, auth: { type: 'bearer', token: sealed('tok') } }),
  );
  expect(plan.recordedHeaders).toContainEqual(['X-Team', MASKED]);
  expect(plan.recordedHeaders).toContainEqual(['authorization', MASKED]);
  expect(JSON.stringify(plan.recordedHeaders)).not.toMatch(/s3cret|tok/);
});

test('opens secrets once a version, and again for a new version', () => {
  const opener = fakeOpener();
  const plans = plansWith(opener);
  const integration = integrationWith({ auth: { type: 'bearer', token: sealed('t') } });
  plans.of(integration);
  plans.of({ ...integration });
  expect(opener.opened).toBe(1);
  plans.of({ ...integration, version: 2 });
  expect(opener.opened).toBe(2);
});

test('opens secrets again for an integration that was forgotten', () => {
  const opener = fakeOpener();
  const plans = plansWith(opener);
  const integration = integrationWith({ auth: { type: 'bearer', token: sealed('t') } });
  plans.of(integration);
  plans.forget(integration.id);
  plans.of(integration);
  expect(opener.opened).toBe(2);
});

test.each([
  ['a header that Hookstile sets', { headers: { 'Webhook-Id': sealed('x') } }, /"Webhook-Id" is set by Hookstile/],
  ['a header that frames the request', { headers: { 'Content-Length': sealed('1') } }, /set by Hookstile/],
  ['a header name with a space', { headers: { 'a b': sealed('x') } }, /is no header name/],
  ['a line break in a header value', { headers: { 'X-A': sealed('x\r\nY: z') } }, /X-A must not hold/],
  [
    'a secret sealed for another integration',
    { headers: { 'X-A': sealed('x', 'integration:int_2') } },
    /not be opened/,
  ],
])('does not build a request with %s', (_, request, message) => {
  expect(() => headersOf(request)).toThrow(message);
});

test('never quotes a header value in an error', () => {
  expect(() => headersOf({ headers: { 'X-A': sealed('s3cret\n') } })).toThrow(/^((?!s3cret).)*$/);
});

test.each([
  ['ftp://example.com/', /http:\/\/ or https:\/\//],
  ['https://u:p@example.com/', /user name or a password/],
  ['not a url', /cannot be read/],
])('does not build a request for the URL %s', (url, message) => {
  expect(() => plansWith().of(integrationWith({}, url))).toThrow(message);
});

test('refuses a signing secret of another form', () => {
  const sign = { scheme: 'standard-webhooks', algorithm: 'hmac-sha256', secret: sealed('plain') } as const;
  expect(() => headersOf({ sign })).toThrow(/whsec_/);
});
