import { randomBytes } from 'node:crypto';

const CANARY_BYTES = 24;
/** Bytes of a text that stand at another place of base64's groups of three change their first and last characters. */
const BASE64_GROUP_BYTES = 3;
const BASE64_GROUP_CHARACTERS = 4;

export interface Canary {
  /** What it was given as, such as `bearer token`. */
  name: string;
  text: string;
}

interface Form {
  canary: Canary;
  form: string;
  needle: string;
}

/** A key as bytes in base64, behind the prefix of a signing secret if it has one. */
const KEY = /^(?:whs(?:ec|k)_)?([A-Za-z0-9+/]{22,}={0,2})$/;
/** What Node shows of a buffer that is printed; the rest it cuts off. */
const INSPECTED_MAX_BYTES = 50;

/** Base64 of the bytes wherever they stand among others, without the characters that their neighbours share. */
function base64Forms(bytes: Buffer): string[] {
  return [0, 1, 2].map((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
    const whole = encoded.replace(/=+$/, '');
    const from = offset === 0 ? 0 : BASE64_GROUP_CHARACTERS;
    const shared = (offset + bytes.length) % BASE64_GROUP_BYTES === 0 ? 0 : 1;
    return whole.slice(from, whole.length - shared);
  });
}

/** Bytes as they are written down; as numbers and pairs they stand where a buffer is put into JSON, or printed. */
function formsOfBytes(bytes: Buffer): Record<string, string[]> {
  const base64 = base64Forms(bytes);
  const hex = bytes.toString('hex');
  return {
    base64,
    base64url: base64.map((form) => form.replaceAll('+', '-').replaceAll('/', '_')),
    hex: [hex],
    'upper-case hex': [hex.toUpperCase()],
    'numbers of bytes': [[...bytes].join(','), [...bytes].join(', ')],
    'printed bytes': [
      bytes
        .subarray(0, INSPECTED_MAX_BYTES)
        .toString('hex')
        .replace(/..(?!$)/g, '$& '),
    ],
  };
}

function formsOf(text: string): Record<string, string[]> {
  return {
    ...formsOfBytes(Buffer.from(text)),
    plain: [text],
    'URL-encoded': [encodeURIComponent(text), new URLSearchParams({ '': text }).toString().slice(1)],
    'JSON-escaped': [JSON.stringify(text).slice(1, -1), JSON.stringify(JSON.stringify(text)).slice(3, -3)],
    reversed: [[...text].reverse().join('')],
  };
}

/** Of the key that a text stands for, if it stands for one: it is what is worked with, and what would slip out. */
function formsOfKey(text: string): Record<string, string[]> {
  const key = KEY.exec(text)?.[1];
  if (key === undefined) return {};
  const forms = Object.entries(formsOfBytes(Buffer.from(key, 'base64')));
  return Object.fromEntries(forms.map(([form, needles]) => [`its key as ${form}`, needles]));
}

/** Secrets that nobody else has, so that whoever finds one of them has found a leak. */
export class Canaries {
  readonly #forms: Form[] = [];
  readonly all: Canary[] = [];

  /** A new one. @param like what it must look like, such as a prefix */
  make(name: string, like: (random: Buffer) => string = (random) => `canary+/${random.toString('base64url')}`): string {
    return this.watch(name, like(randomBytes(CANARY_BYTES)));
  }

  /** One that somebody else made: it must not be found either. */
  watch(name: string, text: string): string {
    const canary = { name, text };
    this.all.push(canary);
    for (const [form, needles] of Object.entries({ ...formsOf(text), ...formsOfKey(text) })) {
      for (const needle of new Set(needles)) this.#forms.push({ canary, form, needle });
    }
    return text;
  }

  /** What of them stands in a text, such as `bearer token (base64)`; never the secret itself. */
  in(text: string): string[] {
    const found = this.#forms.filter(({ needle }) => text.includes(needle));
    return [...new Set(found.map(({ canary, form }) => `${canary.name} (${form})`))];
  }
}
