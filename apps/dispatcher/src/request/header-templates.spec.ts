import { workedMs } from '@hookstile/templates';
import { expect, test } from 'vitest';
import { FILLING_IN_HEADERS_MAX_MS } from './request.bounds.js';
import { MASKED } from './request-plan.js';
import { received } from './request-world.fake.js';

const event = { id: 'evt_1', type: 'device.compliant' };

test('fills headers in for the first delivery of a push, and masks them in what is recorded', () => {
  const headers = { 'X-Type': '{{ event.type }}', 'X-N': 'n={{ data.n }}', 'X-Static': '{ }' };
  const { headers: sent, recorded } = received(
    { headers },
    { event, data: '{"n":1.00}' },
    { event: { id: 'evt_2', type: 'other' } },
  );
  expect(sent).toMatchObject({ 'X-Type': 'device.compliant', 'X-N': 'n=1.00', 'X-Static': '{ }' });
  expect(recorded).toMatchObject({ 'X-Type': MASKED, 'X-N': MASKED, 'X-Static': MASKED });
});

test.each(['a\r\nX-Injected: 1', 'a\nb', 'a\u0000', 'a\u007f', 'snow ☃'])('sends no header with %j in it', (value) => {
  const build = () =>
    received({ headers: { 'X-A': 's3cret {{ data.v }}' } }, { event, data: JSON.stringify({ v: value }) });
  expect(build).toThrow(
    expect.objectContaining({ code: 'request_unbuildable', message: expect.stringContaining('X-A') }),
  );
  expect(build).toThrow(/^((?!s3cret|Injected|☃).)*$/s);
});

test.each([
  ['Webhook-Id', '{{ event.id }}', /"Webhook-Id" is set by Hookstile/],
  ['User-Agent', '{{ integration.name }}', /"User-Agent" is set by Hookstile/],
  ['Content-Type', 'text/{{ data.t }}', /Content-Type says how the body is made/],
  ['X-A', '{{ event.none }}', /^The header X-A is a template that cannot be read: line 1, column 4\.$/],
  ['X-A', 'Bearer pa{{ss', /^The header X-A is a template that cannot be read: line 1, column 10\.$/],
  ['X-A', '{{ data.none | required: "team" }}', /^The header X-A: The event has no team\.$/],
  ['X-A', '{{ data.long }}', /X-A would have more than 8192 characters/],
])('cannot build a request with the header %s: %s', (name, value, message) => {
  const data = JSON.stringify({ long: 'x'.repeat(8_193) });
  expect(() => received({ headers: { [name]: value } }, { event, data })).toThrow(message);
});

test('bounds what the templates of all headers do together', () => {
  const slow = '{% for i in (1..4000) %}{% if i == 0 %}{{ i | upcase }}{% endif %}{% endfor %}';
  const headers = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`X-${index}`, slow]));
  const beganAt = workedMs();
  expect(() => received({ headers }, { event })).toThrow(
    expect.objectContaining({ retryable: true, message: expect.stringMatching(/takes? longer than 50 ms/) }),
  );
  expect(workedMs() - beganAt).toBeLessThan(4 * FILLING_IN_HEADERS_MAX_MS);
});
