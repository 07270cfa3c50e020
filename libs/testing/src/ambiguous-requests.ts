/** Its name, its bytes, and the one status that it is answered with. */
export type AmbiguousRequest = readonly [name: string, bytes: string, status: number];

/** A request that others are hidden behind. */
export function hiddenRequest(path: string): string {
  return `GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`;
}

/**
 * Requests whose end is not the same for every reader, each with another one hidden where a second reader would begin.
 * A new shape is a new line. What a server takes for one request must never become two, nor two one.
 */
export function ambiguousRequests(path: string, hiddenPath: string): readonly AmbiguousRequest[] {
  const post = `POST ${path} HTTP/1.1\r\nhost: x\r\n`;
  const hidden = hiddenRequest(hiddenPath);
  return [
    ['a length and chunks', `${post}content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n${hidden}`, 400],
    ['chunks and a length', `${post}transfer-encoding: chunked\r\ncontent-length: 4\r\n\r\n0\r\n\r\n${hidden}`, 400],
    ['two lengths', `${post}content-length: 0\r\ncontent-length: ${hidden.length}\r\n\r\n${hidden}`, 400],
    ['the same length twice', `${post}content-length: 0\r\ncontent-length: 0\r\n\r\n${hidden}`, 400],
    ['a list of lengths', `${post}content-length: 0, ${hidden.length}\r\n\r\n${hidden}`, 400],
    ['a length with a sign', `${post}content-length: +0\r\n\r\n${hidden}`, 400],
    ['a length in hex', `${post}content-length: 0x0\r\n\r\n${hidden}`, 400],
    ['a length with a space inside', `${post}content-length: 1 0\r\n\r\n${hidden}`, 400],
    ['an empty length', `${post}content-length:\r\n\r\n${hidden}`, 400],
    ['a space before the colon', `${post}content-length : 0\r\n\r\n${hidden}`, 400],
    ['a space before the colon of the encoding', `${post}transfer-encoding : chunked\r\n\r\n0\r\n\r\n${hidden}`, 400],
    ['a tab before the colon', `${post}transfer-encoding\t: chunked\r\n\r\n0\r\n\r\n${hidden}`, 400],
    ['a name with a zero', `${post}content-length\0: 0\r\n\r\n${hidden}`, 400],
    ['a folded length', `${post}content-length:\r\n 0\r\n\r\n${hidden}`, 400],
    ['a folded encoding', `${post}transfer-encoding:\r\n chunked\r\n\r\n0\r\n\r\n${hidden}`, 400],
    ['a folded first line', `POST ${path} HTTP/1.1\r\n content-length: 0\r\nhost: x\r\n\r\n${hidden}`, 400],
    ['an encoding that is not the last', `${post}transfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n${hidden}`, 400],
    ['an encoding that nobody knows', `${post}transfer-encoding: xchunked\r\n\r\n0\r\n\r\n${hidden}`, 400],
    ['an encoding in quotes', `${post}transfer-encoding: "chunked"\r\n\r\n0\r\n\r\n${hidden}`, 400],
    ['an encoding with a control character', `${post}transfer-encoding: \x0bchunked\r\n\r\n0\r\n\r\n${hidden}`, 400],
    ['two encodings', `${post}transfer-encoding: chunked\r\ntransfer-encoding: x\r\n\r\n0\r\n\r\n${hidden}`, 400],
    ['lines that end with LF alone', `POST ${path} HTTP/1.1\nhost: x\ncontent-length: 0\n\n${hidden}`, 400],
    ['a header that ends with LF alone', `${post}x: y\ncontent-length: 0\r\n\r\n${hidden}`, 400],
    ['a header that ends with CR alone', `${post}x: y\rcontent-length: 0\r\n\r\n${hidden}`, 400],
    ['a chunk size that ends with LF alone', `${post}transfer-encoding: chunked\r\n\r\n0\n\r\n${hidden}`, 400],
    ['a chunk that ends with LF alone', `${post}transfer-encoding: chunked\r\n\r\n1\r\na\n0\r\n\r\n${hidden}`, 400],
    ['a chunk size with a sign', `${post}transfer-encoding: chunked\r\n\r\n+1\r\na\r\n0\r\n\r\n${hidden}`, 400],
    ['a chunk size in hex with 0x', `${post}transfer-encoding: chunked\r\n\r\n0x1\r\na\r\n0\r\n\r\n${hidden}`, 400],
    [
      'a chunk size that overflows',
      `${post}transfer-encoding: chunked\r\n\r\n${'f'.repeat(17)}\r\na\r\n${hidden}`,
      400,
    ],
    ['a chunk longer than it says', `${post}transfer-encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n${hidden}`, 400],
    ['chunks in HTTP/1.0', `POST ${path} HTTP/1.0\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n${hidden}`, 400],
    ['no host', `POST ${path} HTTP/1.1\r\ncontent-length: 0\r\n\r\n${hidden}`, 400],
    ['two hosts', `${post}Host: y\r\ncontent-length: 0\r\n\r\n${hidden}`, 400],
    ['a line break in the address', `GET ${path}\r\nx HTTP/1.1\r\nhost: x\r\n\r\n${hidden}`, 400],
    ['a space in the address', `GET ${hiddenPath} x HTTP/1.1\r\nhost: x\r\n\r\n`, 400],
    ['a version that is none', `GET ${hiddenPath} HTTP/9.9\r\nhost: x\r\n\r\n`, 400],
    ['a version of another protocol', `GET ${hiddenPath} HTTP/2.0\r\nhost: x\r\n\r\n`, 400],
    ['no version', `GET ${hiddenPath}\r\n\r\n`, 400],
    ['the preface of HTTP/2', `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${hidden}`, 400],
    ['a tunnel', `CONNECT x:80 HTTP/1.1\r\nhost: x\r\n\r\n${hidden}`, 405],
    ['an expectation that nobody knows', `${post}expect: x\r\ncontent-length: 0\r\n\r\n${hidden}`, 417],
    ['an expectation, and no body behind it', `${post}expect: x\r\ncontent-length: 4\r\n\r\n${hidden}`, 417],
    [
      'chunk extensions without end',
      `${post}transfer-encoding: chunked\r\n\r\n1;${'x'.repeat(20_000)}\r\na\r\n0\r\n\r\n${hidden}`,
      413,
    ],
    ['more headers than are looked at', `${post}${'a: b\r\n'.repeat(250)}content-length: 0\r\n\r\n${hidden}`, 431],
  ];
}
