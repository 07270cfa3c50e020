/** A text that somebody may send where JSON is wanted. A new hazard is a new line here, and every door is tried with it. */
export interface HostileJson {
  name: string;
  bytes: Buffer;
  /** `json`: a document, whose bytes arrive as they are; `too-deep`: one that is refused; `broken`: none. */
  kind: 'json' | 'too-deep' | 'broken';
}

const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
const members = (count: number) => `{${Array.from({ length: count }, (_, n) => `"m${n}":${n}`).join()}}`;

const JSON_TEXTS: Record<string, string> = {
  'nesting at the bound': nested(64),
  'the same member twice': '{"a":1,"a":2,"\\u0061":3}',
  __proto__: '{"__proto__":{"isAdmin":true},"a":{"__proto__":null}}',
  'constructor and prototype': '{"constructor":{"prototype":{"isAdmin":true}},"toString":null,"hasOwnProperty":1}',
  'an empty name': '{"":{"":[]}}',
  'an escaped NUL': '"a\\u0000b"',
  'a lone high surrogate, escaped': '"\\ud800"',
  'a lone low surrogate, escaped': '{"\\udc00":"\\udfff\\ud800"}',
  'a pair of surrogates, escaped': '"\\ud83d\\ude00"',
  'every control character, escaped':
    '"\\u0001\\u0002\\u0003\\u0004\\u0005\\u0006\\u0007\\b\\t\\n\\u000b\\f\\r\\u001b\\u007f\\u0080"',
  'line separators as they are': '"\u2028\u2029\u0085\u007f"',
  'non-characters': '"\uffff\ufffe\ufdd0\u{1ffff}"',
  'right-to-left and joined characters': '"\u202eabc\u202c \u{1f468}\u200d\u{1f469}\u200d\u{1f467} e\u0301"',
  'escaped slashes and capitals': '"\\/\\u00E9\\u00e9"',
  '1e308': '1e308',
  '1e999': '[1e999,-1e999,1E+400]',
  'numbers too small for a double': '[1e-400,-0.0000000000000000000000001e-999]',
  'minus zero': '[-0,-0.0,-0e5]',
  'whole numbers above 2^53': '[9007199254740993,18446744073709551616,-9223372036854775809]',
  'a number of a thousand digits': `${'1234567890'.repeat(100)}.${'0'.repeat(50)}`,
  'numbers in many forms': '[1.0,1.50,1e2,1E2,1e+2,0.1e1]',
  'white space everywhere': ' \t\r\n{ "a" :\n[ 1 ,\t2 ] } \r\n',
  'a string of 180 KB': `"${'x'.repeat(180_000)}"`,
  'a name of 180 KB': `{"${'n'.repeat(180_000)}":1}`,
  '12,000 members': members(12_000),
  '60,000 elements': `[${Array(60_000).fill('0').join()}]`,
  'JSON in a string in JSON': JSON.stringify(JSON.stringify(JSON.stringify({ a: '"' }))),
  'markup and commands': '"</script><img src=x onerror=alert(1)>\'; DROP TABLE events; --{{7*7}}%00"',
};

const BROKEN_TEXTS: Record<string, string | Buffer> = {
  nothing: '',
  'white space alone': ' \r\n\t',
  'an open object': '{"a":1',
  'an open string': '"abc',
  'something behind the document': '{} x',
  'two documents': '{}{}',
  'a comma behind the last': '[1,]',
  'a comma behind the last member': '{"a":1,}',
  'a name without quotes': '{a:1}',
  'single quotes': "{'a':1}",
  comments: '/* a */ {}',
  'a comment at the end': '{} // a',
  NaN: '[NaN]',
  Infinity: '-Infinity',
  undefined: 'undefined',
  'a hexadecimal number': '0x10',
  'a leading zero': '[01]',
  'a leading plus': '[+1]',
  'a number without digits': '[-]',
  'a point at the end': '[1.]',
  'a NUL as it is': '"a\0b"',
  'a NUL behind the document': '{}\0',
  'a line break in a string': '"a\nb"',
  'an unknown escape': '"\\x41"',
  'half an escape': '"\\u12"',
  'a byte-order mark': '\ufeff{}',
  'UTF-16': Buffer.from('\ufeff{"a":1}', 'utf16le'),
  'UTF-16 without a mark': Buffer.from('{"a":1}', 'utf16le'),
  'a byte that no UTF-8 has': Buffer.from('22ff22', 'hex'),
  'an overlong slash': Buffer.from('22c0af22', 'hex'),
  'a surrogate as UTF-8': Buffer.from('22eda08022', 'hex'),
  'half a character': Buffer.from('22e28222', 'hex'),
  'a character above the last': Buffer.from('22f490808022', 'hex'),
  gzip: Buffer.from('1f8b0800000000000003ab05004f7c8b3902000000', 'hex'),
  XML: '<a/>',
  'a form': 'a=1&b=2',
  'an open nesting of 100,000': '['.repeat(100_000),
};

const listOf = (kind: HostileJson['kind'], texts: Record<string, string | Buffer>): HostileJson[] =>
  Object.entries(texts).map(([name, text]) => ({ name, kind, bytes: Buffer.from(text as string) }));

export const HOSTILE_JSON: readonly HostileJson[] = [
  ...listOf('json', JSON_TEXTS),
  ...listOf('too-deep', { 'nesting beyond the bound': nested(65), 'nesting of 90,000': nested(90_000) }),
  ...listOf('broken', BROKEN_TEXTS),
];
