import { MessagingError } from '../port/messaging.error.js';
import type { ReadRangeOptions } from '../port/messaging.js';
import { unavailable } from './broker-error.js';
import type { Client } from './client.js';
import { PartitionReader } from './partition-reader.js';

/** Reads one partition from an offset up to, not including, another. Rejects with `offset_out_of_range`. */
export async function readRange(client: Client, options: ReadRangeOptions): Promise<void> {
  const { topic, partition, from, to, onRecords } = options;
  if (from >= to) return;
  const cluster = client.newCluster();
  try {
    await cluster.connect().catch((error) => {
      throw unavailable(`cannot read ${topic}/${partition}`, error);
    });
    const positions = new Map([[partition, from]]);
    const reader = new PartitionReader({
      cluster,
      logger: client.logger,
      topic,
      positions,
      onRecords: (records) => {
        const wanted = records.filter(({ offset }) => offset < to);
        if (wanted.length > 0) onRecords(wanted);
      },
      onOutOfRange: async () => {
        const message = `${topic}/${partition} does not hold offset ${positions.get(partition)}`;
        throw new MessagingError('offset_out_of_range', message, false);
      },
      isDone: () => (positions.get(partition) ?? 0) >= to,
    });
    await reader.run();
  } finally {
    await cluster.disconnect();
  }
}
