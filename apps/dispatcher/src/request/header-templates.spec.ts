import { expect, test } from 'vitest';
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
  ['X-A', '{{ event.none }}', /^The header X-A: Line 1, column 4: There is no "event.none"/],
  ['X-A', '{{ data.none | required: "team" }}', /^The header X-A: The event has no team\.$/],
  ['X-A', '{% for i in (1..9000) %}x{% endfor %}', /X-A would have more than 8192 characters/],
])('cannot build a request with the header %s: %s', (name, value, message) => {
  expect(() => received({ headers: { [name]: value } }, { event })).toThrow(message);
});
