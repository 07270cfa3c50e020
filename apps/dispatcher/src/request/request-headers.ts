import type { IntegrationConfiguration } from '@hookstile/contracts';
import { isTemplate, TemplateSyntaxError } from '@hookstile/templates';
import { authHeaderOf, type OpenSecret } from './auth-header.js';
import type { DeliveryToSend } from './delivery-to-send.types.js';
import { fillingInTimeLimit } from './filling-in-time.js';
import { orUnbuildable, type ReadTemplates } from './read-templates.js';
import { FILLED_IN_HEADER_MAX_CHARACTERS, FILLING_IN_HEADERS_MAX_MS } from './request.bounds.js';
import { RequestUnbuildableError } from './request-unbuildable.error.js';
import { assertSendableHeader } from './sendable-header.js';

/** A header of an integration's requests; of a template, its text. */
export interface RequestHeader {
  name: string;
  value: string;
  secret: boolean;
}

export interface RequestHeaders {
  fixed: readonly RequestHeader[];
  /** Filled in for each push. */
  templates: readonly RequestHeader[];
}

const CONTENT_TYPE = 'content-type';

/** What an integration's requests carry beside Hookstile's own; what the user gives replaces ours of the same name. */
export function requestHeadersOf(
  { settings }: IntegrationConfiguration,
  ours: readonly RequestHeader[],
  open: OpenSecret,
): RequestHeaders {
  const byName = new Map<string, RequestHeader>();
  const templates = new Map<string, RequestHeader>();
  const put = (header: RequestHeader) => byName.set(header.name.toLowerCase(), header);
  for (const header of ours) put(header);
  for (const [name, sealed] of Object.entries(settings.request.headers)) {
    const header = { name, value: open(sealed), secret: true };
    put(header);
    if (isTemplate(header.value)) templates.set(name.toLowerCase(), header);
  }
  const auth = authHeaderOf(settings.request.auth, open);
  if (auth) {
    put({ name: auth[0], value: auth[1], secret: true });
    templates.delete(auth[0].toLowerCase());
  }
  // Each attempt adds the token's.
  if (settings.request.auth.type === 'oauth2') {
    byName.delete('authorization');
    templates.delete('authorization');
  }
  const fixed = [...byName].filter(([name]) => !templates.has(name)).map(([, header]) => header);
  return { fixed, templates: [...templates.values()] };
}

/** Fails for what can never be sent. Throws `RequestUnbuildableError`. */
export function assertSendable({ fixed, templates }: RequestHeaders, readTemplates: ReadTemplates): void {
  // Those that are no secrets are ours.
  for (const { name, value, secret } of fixed) if (secret) assertSendableHeader(name, value);
  for (const { name, value } of templates) {
    assertSendableHeader(name, '');
    if (name.toLowerCase() === CONTENT_TYPE) {
      throw new RequestUnbuildableError(`The header ${name} says how the body is made, and cannot be a template.`);
    }
    assertReadable(name, value, readTemplates);
  }
}

/** What is wrong with a template is said in its own words, and these are a secret: the log gets only the place. */
function assertReadable(name: string, value: string, readTemplates: ReadTemplates): void {
  try {
    readTemplates.header(value);
  } catch (error) {
    if (!(error instanceof TemplateSyntaxError)) throw error;
    const { line, column } = error.problem;
    throw new RequestUnbuildableError(
      `The header ${name} is a template that cannot be read: line ${line}, column ${column}.`,
    );
  }
}

/** The content type that goes out; a secret where the user gave it. */
export function contentTypeIn(headers: readonly RequestHeader[]): RequestHeader | undefined {
  return headers.find(({ name }) => name.toLowerCase() === CONTENT_TYPE);
}

/** Fills the templates of headers in, for the first delivery of a push. Throws `RequestUnbuildableError`. */
export type HeaderFilling = (delivery: DeliveryToSend) => [name: string, value: string][];

/** Null where no header is a template. */
export function headerFillingOf(
  { id, settings }: IntegrationConfiguration,
  headers: readonly RequestHeader[],
  readTemplates: ReadTemplates,
): HeaderFilling | null {
  if (headers.length === 0) return null;
  const integration = { id, name: settings.name };
  return ({ envelope, data }) => {
    const checkTime = fillingInTimeLimit('the headers', FILLING_IN_HEADERS_MAX_MS);
    return headers.map(({ name, value: text }) => {
      checkTime();
      const input = { envelope, data, integration };
      const value = orUnbuildable(`The header ${name}`, () => readTemplates.header(text).fillIn(input));
      if (value.length > FILLED_IN_HEADER_MAX_CHARACTERS) {
        const most = `${FILLED_IN_HEADER_MAX_CHARACTERS} characters`;
        throw new RequestUnbuildableError(`The header ${name} would have more than ${most}.`);
      }
      assertSendableHeader(name, value);
      return [name, value];
    });
  };
}
