import { type Place, type PlacedPart, placedIn } from './fill-in.js';
import { type TextPart, textPartsOf } from './parameter-text.js';

export type BodyKind = 'json' | 'form' | 'xml' | 'text';

/** A body with the places of its parameters known. */
export interface BodyParts {
  kind: BodyKind;
  parts: readonly PlacedPart[];
}

/** Whether what follows `text` stands in a JSON string, when what precedes it does as `inside` says. */
function endsInString(text: string, inside: boolean): boolean {
  let open = inside;
  for (let i = 0; i < text.length; i += 1) {
    if (text[i] === '"') open = !open;
    else if (open && text[i] === '\\') i += 1;
  }
  return open;
}

function placedInJson(parts: readonly TextPart[]): PlacedPart[] {
  let inside = false;
  return parts.map((part) => {
    if ('parameter' in part) return { ...part, place: inside ? 'json-string' : 'json-value' };
    inside = endsInString(part.text, inside);
    return part;
  });
}

/** One value in each place shows whether the text is JSON, for no value can leave its place. */
function isJson(parts: readonly PlacedPart[]): boolean {
  const text = parts.map((part) => {
    if ('text' in part) return part.text;
    return part.place === 'json-value' ? '""' : '';
  });
  try {
    JSON.parse(text.join(''));
    return true;
  } catch {
    return false;
  }
}

const PLACES: Readonly<Record<BodyKind, Place>> = { json: 'nearly-json', form: 'form', xml: 'xml', text: 'text' };

const BEGINS_AS_JSON = /^\s*[[{]/;

const JSON_TYPE = /^\w+\/[^/]*json/;
const XML_TYPE = /[/+]xml$/;

/** What the content type says; text that begins as JSON does is meant as JSON or the like, unless it is said to be plain. */
function kindOf(body: string, contentType: string | null): BodyKind {
  const [given = ''] = (contentType ?? '').toLowerCase().split(';');
  const type = given.trim();
  if (JSON_TYPE.test(type)) return 'json';
  if (type === 'application/x-www-form-urlencoded') return 'form';
  if (XML_TYPE.test(type)) return 'xml';
  return BEGINS_AS_JSON.test(body) && !type.startsWith('text/') ? 'json' : 'text';
}

/**
 * Finds where a body's parameters stand. An object or array that reads as JSON with them filled in is JSON whatever
 * its content type says, for its reader may not care.
 * @param contentType the header's value, or null where none is given
 */
export function bodyPartsOf(body: string, contentType: string | null): BodyParts {
  const parts = textPartsOf(body);
  const kind = kindOf(body, contentType);
  const json = placedInJson(parts);
  if ((kind === 'json' || BEGINS_AS_JSON.test(body)) && isJson(json)) return { kind: 'json', parts: json };
  return { kind, parts: placedIn(PLACES[kind], parts) };
}
