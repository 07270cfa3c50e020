import type { Static, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';

/** What a record needs besides its topic and partition. */
export interface EncodedRecord {
  key: string;
  headers: Record<string, string>;
  value: Buffer;
}

/** What a reader has of a record; header values as bytes, as a broker returns them. */
export interface RecordToDecode {
  headers: Readonly<Record<string, Buffer | undefined>>;
  value: Buffer | null;
}

/**
 * - `decoded`: the value, upcast to the newest version.
 * - `malformed`: never a record of this contract; record it and move on.
 * - `unknown-version`: written by a newer release; stop the partition with an alarm, for to skip it would lose it.
 */
export type Decoded<T> =
  | { outcome: 'decoded'; value: T }
  | { outcome: 'malformed'; detail: string }
  | { outcome: 'unknown-version'; version: string };

export interface Contract<T> {
  readonly name: string;
  readonly version: number;
  encode(key: string, value: T): EncodedRecord;
  decode(record: RecordToDecode): Decoded<T>;
}

/** Names the contract and its version: `deliveries/1`. */
export const CONTRACT_HEADER = 'hookstile-contract';

/** Carries a contract's JSON part where the record's value is raw bytes. */
export const ENVELOPE_HEADER = 'hookstile-envelope';

interface ContractHeader {
  name: string;
  version: number;
}

function contractHeaderOf(record: RecordToDecode): ContractHeader | null {
  const text = record.headers[CONTRACT_HEADER]?.toString('latin1') ?? '';
  const slash = text.lastIndexOf('/');
  const version = Number(text.slice(slash + 1));
  return slash > 0 && Number.isInteger(version) && version > 0 ? { name: text.slice(0, slash), version } : null;
}

function parseJson(bytes: Buffer | null | undefined): unknown {
  if (!bytes) return undefined;
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

function decodeWith<T>(name: string, version: number, record: RecordToDecode, read: () => Decoded<T>): Decoded<T> {
  const header = contractHeaderOf(record);
  if (header?.name !== name) return { outcome: 'malformed', detail: `not a record of the contract ${name}` };
  if (header.version > version) return { outcome: 'unknown-version', version: `${header.name}/${header.version}` };
  return read();
}

/** A contract whose record value is one JSON document. */
export function jsonContract<S extends TSchema>(name: string, version: number, schema: S): Contract<Static<S>> {
  const validator = Compile(schema);
  const contract = `${name}/${version}`;
  return {
    name,
    version,
    encode: (key, value) => ({
      key,
      headers: { [CONTRACT_HEADER]: contract },
      value: Buffer.from(JSON.stringify(value)),
    }),
    decode: (record) =>
      decodeWith(name, version, record, () => {
        const value = parseJson(record.value);
        if (validator.Check(value)) return { outcome: 'decoded', value: value as Static<S> };
        return { outcome: 'malformed', detail: `does not match ${contract}` };
      }),
  };
}

/** A JSON part and bytes that travel exactly as they are. */
export interface WithBytes<Envelope> {
  envelope: Envelope;
  bytes: Buffer;
}

/** A contract whose record value is raw bytes and whose JSON part stands in the header `hookstile-envelope`. */
export function bytesContract<S extends TSchema>(
  name: string,
  version: number,
  schema: S,
): Contract<WithBytes<Static<S>>> {
  const validator = Compile(schema);
  const contract = `${name}/${version}`;
  return {
    name,
    version,
    encode: (key, { envelope, bytes }) => ({
      key,
      headers: { [CONTRACT_HEADER]: contract, [ENVELOPE_HEADER]: JSON.stringify(envelope) },
      value: bytes,
    }),
    decode: (record) =>
      decodeWith(name, version, record, () => {
        const envelope = parseJson(record.headers[ENVELOPE_HEADER]);
        if (!record.value || !validator.Check(envelope)) {
          return { outcome: 'malformed', detail: `does not match ${contract}` };
        }
        return { outcome: 'decoded', value: { envelope: envelope as Static<S>, bytes: record.value } };
      }),
  };
}
