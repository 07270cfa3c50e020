import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bodyPlacementOf, bodyTemplateProblem, compileBodyTemplate } from './body-template.js';
import { aTemplateInput } from './template-input.fake.js';
import type { TemplateInput } from './template-names.js';

type Event = TemplateInput['envelope']['event'];

function filled(template: string, data?: string, event?: Partial<Event>): string {
  return compileBodyTemplate(template).fillIn(aTemplateInput(data, event)).toString();
}

const filledAsText = (template: string, data?: string) =>
  compileBodyTemplate(template, 'text').fillIn(aTemplateInput(data)).toString();

describe('outside of a JSON string', () => {
  test.each([
    '1.00',
    '1e5',
    '-0.0',
    '12345678901234567890',
    '"a\\/b\\u00e9"',
    '{ "n" : 1.0 }',
    '[1.0, [ ]]',
    'null',
    'true',
  ])('puts %s of data out as it was sent', (value) => {
    expect(filled('{"v":{{ data.v }}}', `{ "v" : ${value} }`)).toBe(`{"v":${value}}`);
    expect(filled('{{ data }}', ` ${value}\n`)).toBe(value);
    expect(filled('[{% for v in data %}{{ v }}{% endfor %}]', `[ ${value} ]`)).toBe(`[${value}]`);
    expect(filled('{% assign w = data.v %}{{ w }}', `{"v":${value}}`)).toBe(value);
    expect(filled('{{ data.v | json }}', `{"v":${value}}`)).toBe(value);
    expect(filled('{% echo data.v %}', `{"v":${value}}`)).toBe(value);
    expect(filled('{% liquid echo data.v | json %}', `{"v":${value}}`)).toBe(value);
    expect(filled('{% cycle data.v %}', `{"v":${value}}`)).toBe(value);
  });

  test('takes turns in a cycle, each group its own', () => {
    const turns =
      '[{% for i in (1..3) %}{% cycle "a": data.v, 2 %},{% cycle "b": data.v, 2 | plus: 1 %},{% endfor %}0]';
    expect(filled(turns, '{"v":1.0}')).toBe('[1.0,1.0,2,3,1.0,1.0,0]');
  });

  test('writes what is not from data as JSON, and what is absent as null', () => {
    expect(filled('[{{ event.timeMs }},{{ event.type }},{{ data.none }},{{ event.extensions }}]')).toBe(
      '[1582708594594,"device.compliant",null,{"region":"eu"}]',
    );
    expect(filled('{{ event.subject }}', '{}', { subject: null })).toBe('null');
  });

  test('keeps the forms of what filters pass on', () => {
    const data = '{"l":[{"p":1.00,"k":"a"},{"p":2.50,"k":"b"},{"p":1.00,"k":"a"}]}';
    expect(filled('{{ data.l | map: "p" | uniq }}', data)).toBe('[1.00,2.50]');
    expect(filled('{{ data.l | where: "k", "a" | first }}', data)).toBe('{"p":1.00,"k":"a"}');
    expect(filled('{{ data.l[1].p | append: " EUR" }}', data)).toBe('"2.50 EUR"');
    expect(filled('{{ data.l[1].p | plus: 1 }}', data)).toBe('3.5');
  });
});

describe('inside of a JSON string', () => {
  test('escapes values, and keeps the digits of numbers', () => {
    expect(
      filled(
        '{"v":"<{{ data.v }}> {{ data.n }} {{ data.o }}{{ data.none }}"}',
        '{"v":"a\\"},{","n":1.00,"o":{"x":"y"}}',
      ),
    ).toBe('{"v":"<a\\"},{> 1.00 {\\"x\\":\\"y\\"}"}');
  });

  test('gives back any text that stood in it', () => {
    const template = compileBodyTemplate('{"before":1,"v":"\\\\<{{ data.v }}>","after":"{{ data.v }}"}');
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom(
            '"',
            '\\',
            '/',
            '{',
            '}',
            '%',
            ',',
            ':',
            '\n',
            '\u0000',
            '\u2028',
            '\ud800',
            'é',
            '😀',
            'a',
          ),
        }),
        (v) => {
          const made = template.fillIn(aTemplateInput(JSON.stringify({ v }))).toString();
          expect(JSON.parse(made)).toEqual({ before: 1, v: `\\<${v}>`, after: v });
        },
      ),
    );
  });

  test('does not put a value into an escape, and puts one behind it', () => {
    for (const begun of ['\\', '\\u', '\\u00', '\\u002']) {
      expect(() => filled(`"${begun}{{ data }}"`, '"0022"'), begun).toThrow(/behind a backslash/);
    }
    expect(filled('"\\u0041{{ data }}\\n{{ data }}\\\\{{ data }}"', '"\\""')).toBe('"\\u0041\\"\\n\\"\\\\\\""');
    expect(() => filled('{"v":"\\{{ data.v }}"}', '{"v":"\\""}')).toThrow(/behind a backslash/);
  });

  test('knows a string that an escaped quote does not end', () => {
    expect(filled('{"v":"\\"{{ data.v }}\\\\"}', '{"v":"x"}')).toBe('{"v":"\\"x\\\\"}');
  });
});

test('makes one JSON document of any data, whose parts keep their bytes', () => {
  const template = compileBodyTemplate(
    '{"all":{{ data }},"one":{{ data.a }},"text":"{{ data.a }}","last":[{{ data.b[0] }}]}',
  );
  fc.assert(
    fc.property(fc.json({ maxDepth: 4 }), fc.json({ maxDepth: 2 }), (a, b) => {
      const data = `{ "a": ${a} ,"b":[${b}] }`;
      const made = template.fillIn(aTemplateInput(data)).toString();
      expect(JSON.parse(made).all).toEqual(JSON.parse(data));
      expect(made.startsWith(`{"all":${data},"one":${a.trim()},"text":"`)).toBe(true);
      expect(made.endsWith(`","last":[${b.trim()}]}`)).toBe(true);
    }),
  );
});

test('writes what is captured as one text', () => {
  const template = '{% capture c %}"},{{ data.n }}{% endcapture %}{"a":{{ c }},"b":"{{ c }}"}';
  expect(filled(template, '{"n":1.00}')).toBe('{"a":"\\"},1.00","b":"\\"},1.00"}');
});

test('refuses a result that is not one JSON document', () => {
  for (const template of [
    '{"a":{{ data }}',
    '{{ data }}{{ data }}',
    '{"a":1}x',
    '',
    '{ {{ data.none }}:1}',
    '1{{ data }}',
  ]) {
    expect(() => filled(template, '{"a":[]}')).toThrow('What the template makes is not one JSON document.');
  }
});

test('puts values as they are into a body that is not JSON', () => {
  expect(filledAsText('id={{ data.id | url_encode }}&all={{ data }}', '{"id":"a b"}')).toBe('id=a+b&all={"id":"a b"}');
});

test.each([
  ['application/json', 'json'],
  ['application/vnd.x+JSON; charset=utf-8', 'json'],
  ['text/plain', 'text'],
  ['application/x-www-form-urlencoded', 'text'],
  ['text/plain; format=application/json', 'text'],
] as const)('places values for the content type %s as for %s', (contentType, placement) => {
  expect(bodyPlacementOf(contentType)).toBe(placement);
});

describe('the event', () => {
  test('has a time in milliseconds and seconds, of the acceptance where it has none', () => {
    const template = '[{{ event.timeMs }},{{ event.timeSeconds }},{{ event.time }}]';
    expect(filled(template)).toBe('[1582708594594,1582708594,"2020-02-26T09:16:34.594Z"]');
    expect(filled(template, '{}', { time: null })).toBe('[1767323045678,1767323045,null]');
    expect(filled(template, '{}', { time: '2016-12-31T23:59:60Z' })).toMatch(/^\[1767323045678,1767323045,/);
  });

  test.each([
    ['device.state.compliant', 'compliant'],
    ['compliant', 'compliant'],
    ['device.', ''],
  ])('of type %s has the suffix "%s"', (type, suffix) => {
    expect(filled('{{ event.typeSuffix }}', '{}', { type })).toBe(JSON.stringify(suffix));
  });

  test('is not dated by the hour of the attempt', () => {
    expect(filled('{{ "now" | date: "%Y" }}')).toBe('"now"');
    expect(filled('{{ event.time | date: "%Y-%m-%dT%H:%M:%S" }}')).toBe('"2020-02-26T09:16:34"');
  });
});

describe('a default', () => {
  test.each([
    ['{}', '"compliant"'],
    ['{"v":null}', '"compliant"'],
    ['{"v":""}', '"compliant"'],
    ['{"v":[]}', '"compliant"'],
    ['{"v":false}', '"compliant"'],
    ['{"v":0}', '0'],
    ['{"v":0.00}', '0.00'],
    ['{"v":"0"}', '"0"'],
  ])('of %s is %s', (data, expected) => {
    expect(filled('{{ data.v | default: event.typeSuffix }}', data)).toBe(expected);
  });

  test('keeps false where that is allowed', () => {
    expect(filled('{{ data.v | default: "x", allow_false: true }}', '{"v":false}')).toBe('false');
  });
});

describe('what is required', () => {
  const template = '{{ data.id | default: event.subject | required: "device id" }}';

  test('passes with the text it was sent as', () => {
    expect(filled(template, '{"id":1.0}')).toBe('1.0');
    expect(filled('{{ data.v | required: "v" }}', '{"v":false}')).toBe('false');
  });

  test.each(['{}', '{"id":null}', '{"id":""}'])('fails with its name where it is absent or empty: %s', (data) => {
    expect(() => filled(template, data, { subject: null })).toThrow('The event has no device id.');
  });
});

test.each([
  ['{"a":{{ data.a }', /not closed/, 1],
  ['{\n"a": {{ data.a | shout }}}', 'There is no filter "shout".', 2],
  ['\n\n{% include "x" %}', 'There is no tag "include".', 3],
  ['{{ date.a }}', 'There is no "date"; a template knows event, data, delivery, integration.', 1],
  ['{{ data.a }}\n{% if event.kind == "x" %}1{% endif %}', /^There is no "event.kind"; event has id, source/, 2],
])('says where %j is wrong, and how', (template, sentence, line) => {
  const problem = bodyTemplateProblem(template);
  expect(problem).toMatchObject({ line, sentence: expect.stringMatching(sentence) });
});

test('has no objection to names that a template gives itself, also further down', () => {
  const template = '[{% for x in data.l %}{% if seen %},{% endif %}{{ x }}{% assign seen = true %}{% endfor %}]';
  expect(bodyTemplateProblem(template)).toBeNull();
  expect(filled(template, '{"l":[1.0,2]}')).toBe('[1.0,2]');
});
