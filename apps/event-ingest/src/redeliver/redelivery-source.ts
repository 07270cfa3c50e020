import { type Redelivery, recoveriesV1, redeliveriesV1 } from '@hookstile/contracts';
import type { ReceivedRecord } from '@hookstile/messaging';
import { type InboxEntry, redeliveryKeyOf } from '../inbox/inbox-entry.js';

/** A redelivery and where it stands in `redeliveries`. */
export interface RedeliverySource extends Redelivery {
  partition: number;
  offset: number;
  inboxEntry: InboxEntry;
}

/** Null for a record that is none. */
export function redeliverySourceOf(record: ReceivedRecord): RedeliverySource | null {
  const decoded = redeliveriesV1.decode(record);
  if (decoded.outcome !== 'decoded') return null;
  const { partition, offset } = record;
  const key = redeliveryKeyOf(decoded.value.envelope);
  const inboxEntry = { key, sourcePartition: partition, sourceOffset: offset, bodyHash: key };
  return { ...decoded.value, partition, offset, inboxEntry };
}

/** Whether a record only tells of a recovery, which is for audit to read. */
export function isOfRecovery(record: ReceivedRecord): boolean {
  return recoveriesV1.decode(record).outcome !== 'malformed';
}

/** Why a record must not be passed by: a newer release wrote it. Null for all others. */
export function refusalOfRedelivery(record: ReceivedRecord): string | null {
  const decoded = redeliveriesV1.decode(record);
  if (decoded.outcome !== 'unknown-version') return null;
  return `the redelivery at offset ${record.offset} needs the newer release that wrote it (${decoded.version})`;
}
