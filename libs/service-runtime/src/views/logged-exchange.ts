const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A logged body: as text where the bytes are UTF-8, else in base64, as `bodyEncoding` says; null where none is kept. */
export interface LoggedBody {
  body: string | null;
  bodyEncoding: 'utf8' | 'base64' | null;
}

export function loggedBody(bytes: Buffer | null): LoggedBody {
  if (bytes === null) return { body: null, bodyEncoding: null };
  try {
    return { body: UTF8.decode(bytes), bodyEncoding: 'utf8' };
  } catch {
    return { body: bytes.toString('base64'), bodyEncoding: 'base64' };
  }
}

/** Headers as an object; the values of a repeated name stand in one text, as HTTP joins them. */
export function loggedHeaders(pairs: readonly (readonly [string, string])[]): Record<string, string> {
  const headers: Record<string, string> = Object.create(null);
  for (const [name, value] of pairs) {
    headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`;
  }
  return headers;
}
