import type { SecretNames } from './secret-names.js';

const PERCENT = 0x25;
const EQUALS = 0x3d;
const SPACE = 0x20;
const DELETE = 0x7f;
/** What stands in no form unescaped, but soon in what is XML, HTML, plain text or some other notation. */
const FOREIGN = new Set(Buffer.from('<>{}"'));
const MASKED_VALUE = '***';
const ESCAPE = /%([0-9a-f]{2})/gi;
/** As it is read in Latin-1. */
const BYTE_ORDER_MARK = /^\u00ef\u00bb\u00bf/;

/** Whether bytes are to be read as a form: their first word, of whatever encoding, has a name before an equals sign. */
export function isForm(bytes: Buffer): boolean {
  let begun = false;
  for (const byte of bytes) {
    if (byte === EQUALS) return begun;
    if (byte <= SPACE ? begun : byte === DELETE || FOREIGN.has(byte)) return false;
    begun ||= byte > SPACE;
  }
  return false;
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

/** Byte by byte, for forms come in other encodings than UTF-8, too; the names that are looked for are ASCII. */
function decoded(written: string): string {
  return written
    .replaceAll('+', ' ')
    .replaceAll(ESCAPE, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replace(BYTE_ORDER_MARK, '')
    .trim();
}
