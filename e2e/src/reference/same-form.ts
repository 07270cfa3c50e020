const ID = /^[a-z]{3}_[0-9a-hjkmnp-tv-z]{16,26}(_\d+)*$/;

/** Forms of texts that are never the same twice. */
const FORMS: readonly RegExp[] = [
  ID,
  /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/,
  /^hk_[0-9a-f]{48}$/,
  /^wh(sec|pk)_[A-Za-z0-9+/]+={0,2}$/,
  /^v1,[A-Za-z0-9+/]+={0,2}$/,
  /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/,
  /^[0-9a-f]{32}$/,
  /^"[^"]+"$/,
  /^\d{10}$/,
  /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/,
];

/** Numbers that are never the same twice. */
const MEASURED = new Set(['durationMs', 'sequence', 'p50', 'p95', 'p99']);
/** Texts without a form of their own. */
const OPAQUE = new Set(['nextCursor', 'lastFour']);

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Which id of the running stack stands for each id of the examples. */
export type Ids = Map<string, string>;

/** Where an answer differs from the example's, as lines; ids that are new are learnt. */
export function differences(example: unknown, actual: unknown, ids: Ids, pointer = ''): string[] {
  if (Array.isArray(example) && Array.isArray(actual)) {
    if (example.length !== actual.length) return [`${pointer}: ${actual.length} items and not ${example.length}`];
    return example.flatMap((item, index) => differences(item, actual[index], ids, `${pointer}/${index}`));
  }
  if (isRecord(example) && isRecord(actual)) {
    const members = new Set([...Object.keys(example), ...Object.keys(actual)]);
    return [...members].flatMap((member) => differences(example[member], actual[member], ids, `${pointer}/${member}`));
  }
  return isSame(example, actual, ids, pointer)
    ? []
    : [`${pointer}: ${JSON.stringify(actual)} and not ${JSON.stringify(example)}`];
}

function isSame(example: unknown, actual: unknown, ids: Ids, pointer: string): boolean {
  const member = pointer.slice(pointer.lastIndexOf('/') + 1);
  if (typeof example === 'number' && typeof actual === 'number' && MEASURED.has(member)) return true;
  if (typeof example !== 'string' || typeof actual !== 'string') return example === actual;
  if (OPAQUE.has(member)) return true;
  const documents = [example, actual].map(documentOf);
  if (documents.every(isRecord)) return differences(...(documents as [unknown, unknown]), ids).length === 0;
  const form = FORMS.find((each) => each.test(example));
  if (!form) return replaced(example, ids) === actual;
  if (ids.has(example)) return ids.get(example) === actual;
  if (form === ID) ids.set(example, actual);
  return form.test(actual);
}

/** What a text holds that is a JSON object. */
function documentOf(text: string): unknown {
  try {
    return text.startsWith('{') ? JSON.parse(text) : null;
  } catch {
    return null;
  }
}

/** A text of an example with the stack's own ids in it. */
export function replaced(text: string, ids: Ids): string {
  let own = text;
  for (const [id, actual] of ids) own = own.replaceAll(id, actual);
  return own;
}
