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

/** Base64 of the text wherever it stands in a longer one, without the characters that its neighbours share. */
function base64Forms(text: string): string[] {
  return [0, 1, 2].map((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), Buffer.from(text)]).toString('base64');
    const whole = encoded.replace(/=+$/, '');
    const from = offset === 0 ? 0 : BASE64_GROUP_CHARACTERS;
    const shared = (offset + Buffer.byteLength(text)) % BASE64_GROUP_BYTES === 0 ? 0 : 1;
    return whole.slice(from, whole.length - shared);
  });
}

function formsOf(text: string): Record<string, string[]> {
  const base64 = base64Forms(text);
  return {
    plain: [text],
    base64,
    base64url: base64.map((form) => form.replaceAll('+', '-').replaceAll('/', '_')),
    hex: [Buffer.from(text).toString('hex')],
    'upper-case hex': [Buffer.from(text).toString('hex').toUpperCase()],
    'URL-encoded': [encodeURIComponent(text), new URLSearchParams({ '': text }).toString().slice(1)],
    'JSON-escaped': [JSON.stringify(text).slice(1, -1), JSON.stringify(JSON.stringify(text)).slice(3, -3)],
    reversed: [[...text].reverse().join('')],
  };
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
    for (const [form, needles] of Object.entries(formsOf(text))) {
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
