import { decisionsV1, topicName } from '@hookstile/contracts';
import type { Position, ReceivedRecord } from '@hookstile/messaging';
import { MASKED_NAMES_DEFAULT, PayloadMask } from '@hookstile/service-runtime';
import { describe, expect, it } from 'vitest';
import { received, sampleDecision } from '../project/sample-records.js';
import { FakeProjectionStore } from '../projection/projection.store.fake.js';
import { ShadowFeed } from './shadow-feed.js';

const PREFIX = 'test.';
const DECISIONS = topicName(PREFIX, 'decisions');
const RECORDS = 5;

/** A feed over a log of decisions of two records a read; of these reads, counted from 1, the answer is empty. */
function feedOver(isEmpty: (read: number) => boolean) {
  let reads = 0;
  const log = Array.from({ length: RECORDS }, (_, offset) => ({
    ...received(decisionsV1.encode('rul_1', sampleDecision({ id: `dec_${offset}` })), offset),
    topic: DECISIONS,
  })) as ReceivedRecord[];
  const readFrom = async ({ topic, offset }: Position) => {
    reads += 1;
    return topic === DECISIONS && !isEmpty(reads) ? log.slice(offset, offset + 2) : [];
  };
  const messaging = {
    reader: () => ({ readFrom, close: async () => undefined }),
    startOffset: async () => 0,
    endOffset: async ({ topic }: { topic: string }) => (topic === DECISIONS ? RECORDS : 0),
  };
  const store = new FakeProjectionStore();
  const mask = new PayloadMask(MASKED_NAMES_DEFAULT);
  const options = { messaging, prefix: PREFIX, partitionCount: 1, store, mask, nowMs: () => 0, emptyReadDelayMs: 0 };
  return { feed: new ShadowFeed(options), store };
}

describe('the feed of a rebuild', () => {
  it('takes no empty answer of the broker for the end of a log', async () => {
    const { feed, store } = feedOver((read) => read % 2 === 0);
    await feed.begin();
    await feed.readTo(await feed.ends());
    expect(store.rows.activityLog.size).toBe(RECORDS);
  });

  it('rejects where a log does not reach as far as audit has read it', async () => {
    const { feed } = feedOver(() => false);
    await feed.begin();
    await expect(feed.readTo(new Map([['decisions:0', RECORDS + 1]]))).rejects.toThrow('nothing came of');
  });
});
