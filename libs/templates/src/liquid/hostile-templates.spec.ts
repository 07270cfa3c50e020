import { expect, test } from 'vitest';
import { compileBodyTemplate } from './body-template.js';
import { TEMPLATE_OUTPUT_MAX_BYTES, TEMPLATE_RENDER_MAX_MS } from './template.bounds.js';
import { aTemplateInput } from './template-input.fake.js';
import { workedMs } from './worked-time.js';

/** About 256 KiB each, as large as data may be. */
const TEXT = 'a b'.repeat(80_000);
const NUMBERS = Array.from({ length: 20_000 }, (_, index) => index);
const NESTED = Array.from({ length: 100 }, () => Array.from({ length: 400 }, () => 1));

/** Reading, filling in, and code that was never run before. */
const WITHIN_MS = TEMPLATE_RENDER_MAX_MS * 4;

function outcomeOf(template: string, data: unknown): string {
  try {
    const body = compileBodyTemplate(template).fillIn(aTemplateInput(JSON.stringify(data)));
    expect(body.length).toBeLessThanOrEqual(TEMPLATE_OUTPUT_MAX_BYTES);
    return body.toString();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const TIME = /takes longer than 50 ms/;
const WORK = /works on more text or longer lists than it may/;
const OUTPUT = /makes more than 1048576 bytes/;
const TIME_OR_WORK = new RegExp(`${TIME.source}|${WORK.source}`);
const doubling = (step: string) =>
  `{% assign s = "${'a'.repeat(40)}" %}{% for i in (1..60) %}${step}{% endfor %}{{ s }}`;

test.each<[string, string, unknown, RegExp]>([
  ['loops inside loops', '[{% for i in (1..1000) %}{% for j in (1..1000) %}{% endfor %}{% endfor %}]', {}, TIME],
  ['a loop over a huge range', '{% for i in (1..10000000) %}{{ i }}{% endfor %}', {}, WORK],
  ['a range that never ends', '{{ (100000000000000000..100000000000000016) | join }}', {}, /range ends beyond/],
  ['a huge range from data', '{{ (1..data.n) | size }}', { n: 1e9 }, WORK],
  [
    'a range inside the name of a property',
    '{{ data.l | where: data.p }}',
    { l: [{}], p: 'a[(1..1e9)]' },
    /no plain path/,
  ],
  ['numbers beyond all bounds', '{{ data.n | times: data.n | times: data.n }}', { n: 1e300 }, /^null$/],
  ['text that is appended to itself', doubling('{% assign s = s | append: s %}'), {}, WORK],
  ['text that is prepended to itself', doubling('{% assign s = s | prepend: s %}'), {}, WORK],
  ['text that is captured twice', doubling('{% capture s %}{{ s }}{{ s }}{% endcapture %}'), {}, OUTPUT],
  ['a replacement for each character', '{{ data | replace: "", data }}', TEXT, WORK],
  ['a padding of a million', '{{ event.time | date: "%9999999Y" }}', {}, WORK],
  [
    'a form of a date that has no end',
    '{{ event.time | date: data | size }}',
    '%c'.repeat(100_000),
    /form has more than/,
  ],
  ['a filter that nobody has', '{{ data | unescape }}', '&amp;', /no filter "unescape"/],
  [
    'a list that is joined to itself',
    doubling('{% assign s = s | concat: s %}').replace(/"a+"/, 'data'),
    NESTED,
    TIME_OR_WORK,
  ],
  [
    'a list that is compared again and again',
    `{% if ${'data == data and '.repeat(50)}true %}1{% endif %}`,
    NUMBERS,
    TIME_OR_WORK,
  ],
  [
    'a case with a list',
    `{% case data %}{% when ${'data, '.repeat(1_000)}1 %}1{% endcase %}`,
    [...NUMBERS, 'x'],
    /list cannot be told apart by case/,
  ],
  [
    'a list that is searched for each of its elements',
    '{% for x in data %}{% if data contains "x" %}1{% endif %}{% endfor %}',
    NUMBERS,
    TIME_OR_WORK,
  ],
  ['a text that is split into characters', '{{ data | split: "" | sort | size }}', TEXT, WORK],
  ['one filter behind another', `{{ data | upcase${' | downcase | upcase'.repeat(300)} }}`, TEXT, WORK],
  ['all of the data again and again', '{% for x in data %}{{ data }}{% endfor %}', NUMBERS, OUTPUT],
  [
    'all of the data captured again and again',
    '{% for x in data %}{% capture c %}{{ data }}{{ c }}{% endcapture %}{% endfor %}',
    NUMBERS,
    OUTPUT,
  ],
  ['a template of 1 MiB', 'a'.repeat(1024 * 1024), {}, /at most 16384 characters/],
  ['tags inside tags', '{% if true %}'.repeat(1_200), {}, /not closed|nested too deeply/],
  ['brackets inside brackets', `{{ data${'[data'.repeat(3_000)}${']'.repeat(1_000)} }}`, {}, /./],
  ['nothing but opened outputs', '{{'.repeat(8_000), {}, /not closed/],
  ['a tag that is not closed', '{% for i in data %}', {}, /not closed/],
  ['a filter that puts text out as it is', '{{ data | raw }}', '"', /no filter "raw"/],
  ['a file', '{% render "/etc/passwd" %}', {}, /no tag "render"/],
  ['a layout', '{% layout "x" %}', {}, /no tag "layout"/],
])('ends %s in time, with a sentence', (_, template, data, sentence) => {
  const beganAt = workedMs();
  const outcome = outcomeOf(template, data);
  expect(workedMs() - beganAt).toBeLessThan(WITHIN_MS);
  expect(outcome).toMatch(sentence);
});

test.each([
  'slugify',
  'strip_html',
  'squish',
  'truncatewords: 100000',
  'number_of_words: "auto"',
  'number_of_words: "cjk"',
  'escape',
  'cgi_escape',
  'strip',
  'normalize_whitespace',
])('ends the filter %s in time on text that is made for it', (filter) => {
  for (const text of [TEXT, '<!--'.repeat(60_000), ' '.repeat(240_000), '<script'.repeat(34_000)]) {
    const beganAt = workedMs();
    outcomeOf(`{{ data | ${filter} | size }}`, text);
    expect(workedMs() - beganAt).toBeLessThan(WITHIN_MS);
  }
});

test.each(['constructor', '__proto__', 'prototype', 'toString', 'valueOf', 'toLiquid', 'text', 'hasOwnProperty'])(
  'knows no %s of anything but what was sent',
  (name) => {
    for (const value of ['data', 'data.s', 'data.n', 'data.l', 'data.l[0]', 'event', 'event.id', 'event.extensions']) {
      const known = value === 'event' ? null : outcomeOf(`{{ ${value}["${name}"] }}`, { s: 'x', n: 1, l: [{}] });
      expect(known ?? 'null').toBe('null');
      expect(outcomeOf(`{% assign v = ${value} %}{{ v["${name}"] }}`, { s: 'x', n: 1, l: [{}] })).toBe('null');
    }
    const sent = outcomeOf(`{{ data["${name}"] }}`, JSON.parse(`{"${name}":"own"}`));
    expect(sent).toBe('"own"');
  },
);

test('takes data whose members are named like methods for data', () => {
  const data = JSON.parse(
    '{"toString":1,"valueOf":2,"then":3,"next":4,"throw":5,"return":6,"__proto__":{"a":7},"size":8}',
  );
  expect(outcomeOf('{{ data | append: "" | size }}', data)).toBe(String(JSON.stringify(data).length));
  expect(outcomeOf('[{{ data.then }},{{ data.next }},{{ data["__proto__"].a }},{{ data.size }}]', data)).toBe(
    '[3,4,7,8]',
  );
  expect(outcomeOf('{% if data == data %}[{% for m in data %}{{ m[1] }},{% endfor %}0]{% endif %}', data)).toBe(
    '[1,2,3,4,5,6,{"a":7},8,0]',
  );
  expect({}).not.toHaveProperty('a');
  const twice = compileBodyTemplate('[{{ data.size }},{{ data.o.size }}]');
  expect(`${twice.fillIn(aTemplateInput('{"size":1,"size":2,"o":{"a":1,"a":2,"b":3}}'))}`).toBe('[2,2]');
});

test('leaves nothing of one rendering to the next', () => {
  const template = compileBodyTemplate('{{ n | default: 0 }}{% assign n = 1 %}{% assign __proto__ = 2 %}');
  expect([1, 2].map(() => template.fillIn(aTemplateInput()).toString())).toEqual(['0', '0']);
});

test('says that time which ran out may be more another time, and nothing else', () => {
  const failureOf = (template: string) => {
    try {
      return compileBodyTemplate(template).fillIn(aTemplateInput());
    } catch (error) {
      return error;
    }
  };
  expect(failureOf('[{% for i in (1..1000) %}{% for j in (1..1000) %}{% endfor %}{% endfor %}]')).toMatchObject({
    retryable: true,
  });
  expect(failureOf('{{ data.id | required: "id" }}')).toMatchObject({ retryable: false });
});
