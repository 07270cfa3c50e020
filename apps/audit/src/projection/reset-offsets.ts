import { topicName } from '@hookstile/contracts';
import type { Messaging } from '@hookstile/messaging';
import { auditGroupOf } from '../consumes/audit-group.js';
import { PROJECTED_TOPICS } from '../project/project-record.js';

/**
 * Makes the next start of audit read every topic from its beginning, which rebuilds the views. No member of the group
 * may be running, for its partitions would be left out.
 */
export async function resetOffsets(messaging: Messaging, prefix: string): Promise<void> {
  const assigned = Promise.withResolvers<void>();
  const subscription = await messaging.subscribe({
    groupId: auditGroupOf(prefix),
    topics: PROJECTED_TOPICS.map((name) => topicName(prefix, name)),
    from: 'beginning',
    onBatch: () => undefined,
    onAssignment: () => assigned.resolve(),
  });
  await assigned.promise;
  await subscription.commit(subscription.assignment.map((partition) => ({ ...partition, offset: 0 })));
  await subscription.stop();
}
