import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PayloadMask } from './payload-mask.js';
import { MASKED_NAMES_DEFAULT } from './secret-names.js';

const mask = new PayloadMask(MASKED_NAMES_DEFAULT);
const masked = (text: string) => mask.body(Buffer.from(text)).toString();

/** What stands in secret values and nowhere else. */
const SECRET = 'Zq7';

/** A piece of JSON as it is written, and as it is to be shown. */
interface Written {
  text: string;
  shown: string;
}

const space = fc.constantFrom('', '', ' ', '\n\t');
const secretName = fc.constantFrom(
  ...[
    'password',
    'PassWord',
    'api-key',
    'apiKey',
    'API_KEY',
    'client_secret',
    'pass\\u0077ord',
    '\\u0074oken',
    'id-token',
  ],
);
const plainName = fc.constantFrom('a', 'passwor', 'tokens', 'ü', 'a\\"token', '', 'to ken', 'secret\\n');
const secretText = fc.constantFrom(SECRET, `${SECRET}\\"${SECRET}`, `${SECRET}{[\\":,`, `\\\\`, `ü${SECRET}`);
const plainText = fc.constantFrom('', 'x', '\\"password\\":1', 'a:b,c', '\\\\', '{\\"', 'ü', 'token');
const scalar = fc.constantFrom('1', '-1.5e300', 'true', 'null', '12345678901234567890');
const alike = (text: string): Written => ({ text, shown: text });

const joined = (open: string, parts: readonly Written[], close: string): Written => ({
  text: open + parts.map(({ text }) => text).join(',') + close,
  shown: open + parts.map(({ shown }) => shown).join(',') + close,
});

const { value, secretValue } = fc.letrec<{ value: Written; member: Written; secretValue: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar.map(alike),
    plainText.map((text) => alike(`"${text}"`)),
    fc.array(tie('value'), { maxLength: 3 }).map((items) => joined('[', items, ']')),
    fc
      .tuple(space, fc.array(tie('member'), { maxLength: 4 }))
      .map(([gap, members]) => joined(`{${gap}`, members, `${gap}}`)),
  ),
  member: fc.oneof(
    fc.tuple(plainName, space, tie('value')).map(([name, gap, { text, shown }]) => ({
      text: `"${name}"${gap}:${gap}${text}`,
      shown: `"${name}"${gap}:${gap}${shown}`,
    })),
    fc.tuple(secretName, space, tie('secretValue')).map(([name, gap, secret]) => ({
      text: `${gap}"${name}"${gap}:${gap}${secret}${gap}`,
      shown: `${gap}"${name}"${gap}:${gap}${secret === 'null' ? 'null' : '"***"'}${gap}`,
    })),
  ),
  secretValue: fc.oneof(
    { depthSize: 'small' },
    scalar,
    secretText.map((text) => `"${text}"`),
    fc.array(tie('secretValue'), { maxLength: 2 }).map((items) => `[${items.join(' ,')}]`),
    fc.tuple(plainName, tie('secretValue')).map(([name, of]) => `{"${name}":${of}}`),
  ),
}));

const document = fc.oneof(
  fc.array(value, { maxLength: 4 }).map((items) => joined('[', items, ']')),
  fc.tuple(secretName, secretValue, value).map(([name, secret, other]) => ({
    text: `\ufeff {"${name}":${secret},"other":${other.text}}`,
    shown: `\ufeff {"${name}":${secret === 'null' ? 'null' : '"***"'},"other":${other.shown}}`,
  })),
);

describe('a body of JSON', () => {
  it('has every value of a secret name masked, however names are written, and no other byte changed', () => {
    fc.assert(
      fc.property(document, ({ text, shown }) => {
        expect(masked(text)).toBe(shown);
        JSON.parse(shown.replace('\ufeff', ''));
      }),
    );
  });

  it('shows nothing of a secret wherever it was cut', () => {
    fc.assert(
      fc.property(document, fc.nat(), ({ text }, cut) => {
        const bytes = Buffer.from(text);
        const shown = mask.body(bytes.subarray(0, cut % (bytes.length + 1))).toString();
        for (const part of [SECRET, 'Zq', 'q7']) expect(shown).not.toContain(part);
      }),
    );
  });

  it('shows nothing of a secret that stands behind a quote that nobody escaped', () => {
    const before = fc.array(fc.constantFrom('"a":1', '"b":"x"', '"c":["y"]'), { maxLength: 3 });
    const broken = fc.tuple(before, fc.string({ unit: fc.constantFrom(...'"" ,:{}[]ab') }), secretName, secretText);
    fc.assert(
      fc.property(broken, ([members, text, name, secret]) => {
        const body = `{${[...members, `"text":"${text}"`, `"${name}":"${secret}"`].join(',')}}`;
        expect(masked(body)).not.toContain(SECRET);
      }),
    );
  });

  it('is left out from where its form is broken, if a secret may follow', () => {
    expect(masked('{"a":"5" tall","token":"x"}')).toBe('{"a":***');
    expect(masked('{"token":"ab"cd","a":1}')).toBe('{"token":"***"***');
    expect(masked('{"token":"ab","a":"5" tall"}')).toBe('{"token":"***","a":"5" tall"}');
  });

  it.each([
    [`{'note': 'x', 'token': '${SECRET}'}`, '{***'],
    [`{'token': '${SECRET}', 'note': "it's"}`, '{***'],
    [`{"a":1,token:"${SECRET}"}`, '{"a":1***'],
    [`{"a":1,apiKey:${SECRET},"b":2}`, '{"a":1***'],
    [`{"token":'a, ${SECRET}'}`, '{"token":***'],
    [`[token]=${SECRET}`, '[***'],
  ])('is left out where names or values stand in it that are no texts of JSON: %s', (body, beginning) => {
    expect(masked(body)).not.toContain(SECRET);
    expect(masked(body).startsWith(beginning.slice(0, -3))).toBe(true);
  });

  it('is as it was where numbers and words stand outside texts that no name is', () => {
    for (const text of ['{"a":NaN,"b":-1.5e+7,"c":[true,null]}', '{a:1,"b":"token"}', '{"token":null,"a":Infinity}']) {
      expect(masked(text)).toBe(text);
    }
    expect(new PayloadMask(['e', 'true', '1']).body(Buffer.from('{"a":[1e5,true]}')).toString()).toBe(
      '{"a":[1e5,true]}',
    );
  });

  it('has names that occur twice, and each line of several documents, masked', () => {
    expect(masked('{"token":1,"token":2}')).toBe('{"token":"***","token":"***"}');
    expect(masked('{"token":"a"}\n{"token":"b"}\n')).toBe('{"token":"***"}\n{"token":"***"}\n');
  });

  it('is the same bytes where nothing is masked', () => {
    for (const text of ['{"a":"the password"}', '{"tokens":1}', '[]', 'token', '{"token":null}']) {
      const bytes = Buffer.from(text);
      expect(mask.body(bytes)).toBe(bytes);
    }
    const odd = Buffer.from([0xff, 0x00, 0x7b]);
    expect(mask.body(odd)).toBe(odd);
  });

  it('is masked once and for all, whatever it holds: masking it again changes nothing', () => {
    const piece = fc.constantFrom(
      ...'{}[]":, \\_',
      '"token"',
      '"a"',
      'null',
      '1',
      '\\u0074',
      'ü',
      '&',
      'token=',
      '***',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const once = masked(pieces.join(''));
        expect(masked(once)).toBe(once);
      }),
      { numRuns: 1_000, examples: [[['{"token","token"{']], [['{"token":}"\\u0074']]] },
    );
  });

  it('takes work in proportion to its length, whatever it holds', () => {
    const hostile = ['"', '\\', '{"token":', '[', '"\\', ' ', '{"token":{', '"token"', '_'].map((piece) =>
      Buffer.from(`{${piece.repeat(65_536 / piece.length)} "token`),
    );
    for (const bytes of hostile) {
      const beganMs = performance.now();
      mask.body(bytes);
      expect(performance.now() - beganMs, bytes.subarray(0, 12).toString()).toBeLessThan(1_000);
    }
  });
});

describe('a form', () => {
  it.each([
    ['grant_type=x&client_secret=abc&scope=a+b', 'grant_type=x&client_secret=***&scope=a+b'],
    ['pass%77ord=abc', 'pass%77ord=***'],
    ['user[password]=abc&user%5Bapi-key%5D=%20d&x=1', 'user[password]=***&user%5Bapi-key%5D=***&x=1'],
    ['token=&x=token', 'token=&x=token'],
    ['a=1&token=ab', 'a=1&token=***'],
    ['%zz=1&login.token=ü', '%zz=1&login.token=***'],
    ['pr%e9nom%5Bpassword%5D=abc', 'pr%e9nom%5Bpassword%5D=***'],
    ['%ff=1&%70assword=abc', '%ff=1&%70assword=***'],
    ['ns:user=a&token=abc', 'ns:user=a&token=***'],
    ['$top=5&token=abc', '$top=5&token=***'],
    ['flag&token=abc', 'flag&token=***'],
    ['&token=abc', '&token=***'],
    ['\r\ntoken=abc', '\r\ntoken=***'],
    ['größe=1&token=abc', 'größe=1&token=***'],
    ['\ufefftoken=abc', '\ufefftoken=***'],
    [`${'n'.repeat(300)}=1&token=abc`, `${'n'.repeat(300)}=1&token=***`],
  ])('%s is shown as %s', (body, shown) => {
    expect(masked(body)).toBe(shown);
  });
});

describe('headers', () => {
  it('are looked at in a time that their length bounds, of however many words they are', () => {
    const [dashes, words] = ['-'.repeat(16_000), '-x'.repeat(8_000)];
    const pairs: [string, string][] = [
      [`a${dashes}`, '1'],
      [`a${words}`, '2'],
      [`${words}-api${dashes}key`, SECRET],
    ];
    expect(mask.headers(pairs).map(([, value]) => value)).toEqual(['1', '2', '***']);
  });

  it.each([
    'Set-Cookie',
    'authorization',
    'WWW-Authenticate',
    'proxy-authorization',
    'X-Api-Key',
    'x-amz-security-token',
    'X-Auth-Token',
    'apikey',
    'X-Client-Secret',
  ])('%s is masked', (name) => {
    expect(mask.headers([[name, SECRET]])).toEqual([[name, '***']]);
  });

  it.each(['webhook-signature', 'webhook-id', 'content-type', 'x-ratelimit-remaining-tokens', 'x-keyboard', 'date'])(
    '%s is shown',
    (name) => {
      const pairs: [string, string][] = [[name, 'value']];
      expect(mask.headers(pairs)).toBe(pairs);
    },
  );

  it('that carry credentials are masked whatever names are given', () => {
    const none = new PayloadMask([]);
    expect(none.headers([['Cookie', SECRET]])).toEqual([['Cookie', '***']]);
    expect(none.body(Buffer.from('{"token":1}')).toString()).toBe('{"token":1}');
    expect(new PayloadMask(['Card-Number']).body(Buffer.from('{"cardNumber":"4"}')).toString()).toBe(
      '{"cardNumber":"***"}',
    );
  });
});
