import { isForm, maskForm } from './mask-form.js';
import { isJson, maskJson, mayName } from './mask-json.js';
import { SecretNames } from './secret-names.js';

const MASKED = '***';

type Header = readonly [name: string, value: string];

/** Takes secrets out of what the event log shows of requests and responses; the same bytes always become the same. */
export class PayloadMask {
  readonly #names: SecretNames;

  /** @param names of members, form fields and words of header names; case, `-` and `_` do not matter */
  constructor(names: readonly string[]) {
    this.#names = new SecretNames(names);
  }

  headers(pairs: readonly Header[]): readonly Header[] {
    if (!pairs.some(([name]) => this.#names.hasHeader(name))) return pairs;
    return pairs.map(([name, value]) => [name, this.#names.hasHeader(name) ? MASKED : value]);
  }

  /** A body, whole or cut: JSON and forms; what is neither stays as it is. The same buffer where nothing is masked. */
  body(bytes: Buffer): Buffer {
    if (isJson(bytes)) return mayName(bytes, this.#names) ? maskJson(bytes, this.#names) : bytes;
    return isForm(bytes) ? maskForm(bytes, this.#names) : bytes;
  }
}
