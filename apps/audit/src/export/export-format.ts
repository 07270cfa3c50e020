import { ProblemError } from '@hookstile/service-runtime';

/** In the order in which they are taken where a request likes them alike. */
const MEDIA_TYPES = { json: 'application/json', ndjson: 'application/x-ndjson', csv: 'text/csv' } as const;

export type ListFormat = keyof typeof MEDIA_TYPES;
export type ExportFormat = Exclude<ListFormat, 'json'>;

const FORMATS = Object.keys(MEDIA_TYPES) as ListFormat[];
const QUALITY = /^q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/i;

interface MediaRange {
  name: string;
  quality: number;
}

/** How well a request likes a format: by its `q`, then by how exactly it is named, then by how early. */
type Liking = readonly [quality: number, exactness: number, earliness: number];

/**
 * The format of a list's answer: what the parameter `format` says, else what `Accept` likes best (RFC 9110, 12.5.1).
 * Throws `malformed` for an unknown format, `not_acceptable` where no format is acceptable.
 */
export function listFormatOf(parameter: unknown, accept: string | undefined): ListFormat {
  if (parameter !== undefined) return namedFormat(parameter);
  const ranges = rangesOf(accept ?? '');
  if (ranges.length === 0) return 'json';
  const [best] = FORMATS.map((format) => ({ format, liking: likingOf(MEDIA_TYPES[format], ranges) }))
    .filter(({ liking: [quality] }) => quality > 0)
    .sort((a, b) => compare(b.liking, a.liking));
  if (best) return best.format;
  throw new ProblemError('not_acceptable', `a list is given as ${Object.values(MEDIA_TYPES).join(', ')}`);
}

function namedFormat(parameter: unknown): ListFormat {
  const format = FORMATS.find((known) => known === parameter);
  if (!format) throw new ProblemError('malformed', `format: one of ${FORMATS.join(', ')} is expected`);
  return format;
}

/** What is no media range is left out. */
function rangesOf(accept: string): MediaRange[] {
  return accept.split(',').flatMap((part) => {
    const [name = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase());
    if (!name.includes('/')) return [];
    const quality = parameters.map((text) => QUALITY.exec(text)?.[1]).find((text) => text !== undefined);
    return [{ name, quality: quality === undefined ? 1 : Number(quality) }];
  });
}

function likingOf(mediaType: string, ranges: readonly MediaRange[]): Liking {
  const family = `${mediaType.slice(0, mediaType.indexOf('/'))}/*`;
  // The most exact range that fits decides, also where it refuses what a wider one would take.
  for (const [wideness, name] of [mediaType, family, '*/*'].entries()) {
    const at = ranges.findIndex((range) => range.name === name);
    const range = ranges[at];
    if (range) return [range.quality, -wideness, -at];
  }
  return [0, 0, 0];
}

function compare(a: Liking, b: Liking): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}
