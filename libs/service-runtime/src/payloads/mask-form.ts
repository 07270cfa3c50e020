import type { SecretNames } from './secret-names.js';

const PERCENT = 0x25;
const MASKED_VALUE = '***';
/** What may begin a form: the name of its first field, and what separates it from its value. */
const BEGINNING_MAX_BYTES = 257;
const BEGINNING = /^[\w%+.~*[\]-]{1,256}=/;

export function isForm(bytes: Buffer): boolean {
  return BEGINNING.test(bytes.toString('latin1', 0, BEGINNING_MAX_BYTES));
}

/**
 * A form, whole or cut, with `***` in place of each value of a secret name, else as it is. A name may stand
 * in brackets or behind a dot, as in `user[password]`.
 */
export function maskForm(bytes: Buffer, names: SecretNames): Buffer {
  if (!names.areIn(bytes) && !bytes.includes(PERCENT)) return bytes;
  let masked = false;
  const fields = bytes
    .toString('latin1')
    .split('&')
    .map((field) => {
      const equals = field.indexOf('=');
      if (equals < 0 || equals === field.length - 1 || !isSecret(field.slice(0, equals), names)) return field;
      masked = true;
      return field.slice(0, equals + 1) + MASKED_VALUE;
    });
  return masked ? Buffer.from(fields.join('&'), 'latin1') : bytes;
}

function isSecret(written: string, names: SecretNames): boolean {
  return decoded(written)
    .split(/[[\].]+/)
    .some((name) => names.has(name));
}

function decoded(written: string): string {
  try {
    return decodeURIComponent(written.replaceAll('+', ' ')).trim();
  } catch {
    return written;
  }
}
