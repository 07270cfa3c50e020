export interface GatewayProblem {
  status: number;
  code: string;
  title: string;
  detail: string;
  retryAfterSeconds?: number;
}

export const NO_ROUTE: GatewayProblem = {
  status: 404,
  code: 'not_found',
  title: 'There is no such thing',
  detail: 'no route has this path',
};

const RETRY_AFTER_SECONDS = 1;

export function unavailable(service: string): GatewayProblem {
  return {
    status: 503,
    code: 'unavailable',
    title: 'Not available at present',
    detail: `the service ${service} does not answer at present`,
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  };
}

/** A head that means different things to different readers. */
export function malformed(detail: string): GatewayProblem {
  return { status: 400, code: 'malformed', title: 'The request cannot be read', detail };
}

export const TOO_MANY_HEADERS: GatewayProblem = {
  status: 431,
  code: 'headers_too_large',
  title: 'The headers are too large',
  detail: 'there are more headers than this server takes',
};

export const CROWDED: GatewayProblem = {
  status: 429,
  code: 'rate_limited',
  title: 'Too many requests',
  detail: 'the connection waits for too many answers at once',
  retryAfterSeconds: RETRY_AFTER_SECONDS,
};

export const NO_TUNNEL: GatewayProblem = {
  status: 405,
  code: 'method_not_allowed',
  title: 'The route does not take this method',
  detail: 'this server is no proxy',
};

export const UNKNOWN_EXPECTATION: GatewayProblem = {
  status: 417,
  code: 'expectation_failed',
  title: 'The expectation cannot be met',
  detail: 'the header Expect can hold nothing but 100-continue',
};

/** What Node's HTTP parser refused before there was a request. */
export function unreadable(errorCode: string | undefined): GatewayProblem {
  if (errorCode === 'HPE_HEADER_OVERFLOW') {
    return {
      status: 431,
      code: 'headers_too_large',
      title: 'The headers are too large',
      detail: 'the headers are larger than this server takes',
    };
  }
  if (errorCode === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return {
      status: 408,
      code: 'request_timeout',
      title: 'The request did not arrive in time',
      detail: 'the request took too long to arrive',
    };
  }
  return {
    status: 400,
    code: 'malformed',
    title: 'The request cannot be read',
    detail: 'the request is not valid HTTP',
  };
}

export function problemHeaders(problem: GatewayProblem): Record<string, string> {
  return {
    'content-type': 'application/problem+json; charset=utf-8',
    ...(problem.retryAfterSeconds === undefined ? {} : { 'retry-after': String(problem.retryAfterSeconds) }),
  };
}

export function problemBody(problem: GatewayProblem): string {
  const { status, code, title, detail } = problem;
  return JSON.stringify({ type: `urn:hookstile:problem:${code}`, title, status, detail, code });
}

/** A whole response as bytes, for a connection that has no response object. */
export function problemResponse(problem: GatewayProblem): string {
  const body = problemBody(problem);
  const headers = {
    ...problemHeaders(problem),
    connection: 'close',
    'content-length': String(Buffer.byteLength(body)),
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${problem.status} ${problem.title}\r\n${lines.join('')}\r\n${body}`;
}
