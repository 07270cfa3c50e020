import type { TopicPartition } from '../port/records.js';
import { createClient } from './client.js';

/** What an operator, or an accident, does to a broker; for fault suites only. */
export interface BrokerSurgery {
  /** Ends all memberships of a group at once, as the session timeout would in a while; a member that lives joins anew. */
  removeMembers(groupId: string): Promise<void>;
  /** Offsets included; throws while the group has members. */
  deleteGroup(groupId: string): Promise<void>;
  listGroups(): Promise<string[]>;
  /** Moves the start of a partition's log; what was below is gone. */
  moveLogStart(partition: TopicPartition, toOffset: number): Promise<void>;
}

/** Each call connects for itself, since the broker comes and goes between them. */
export function brokerSurgery(brokers: readonly string[]): BrokerSurgery {
  const client = createClient({ brokers, clientId: 'broker-surgery' });
  const withAdmin = async <T>(use: (admin: ReturnType<typeof client.kafka.admin>) => Promise<T>): Promise<T> => {
    const admin = client.kafka.admin();
    await admin.connect();
    try {
      return await use(admin);
    } finally {
      await admin.disconnect();
    }
  };
  return {
    removeMembers: async (groupId) => {
      const { groups } = await withAdmin((admin) => admin.describeGroups([groupId]));
      const memberIds = groups.flatMap(({ members }) => members.map(({ memberId }) => memberId));
      const cluster = client.newCluster();
      await cluster.connect();
      try {
        const coordinator = await cluster.findGroupCoordinator({ groupId });
        for (const memberId of memberIds) await coordinator.leaveGroup({ groupId, memberId });
      } finally {
        await cluster.disconnect();
      }
    },
    deleteGroup: (groupId) => withAdmin(async (admin) => void (await admin.deleteGroups([groupId]))),
    listGroups: () => withAdmin(async (admin) => (await admin.listGroups()).groups.map(({ groupId }) => groupId)),
    moveLogStart: ({ topic, partition }, toOffset) =>
      withAdmin(async (admin) => {
        // kafkajs deletes only from topics that it has met before.
        await admin.fetchTopicOffsets(topic);
        await admin.deleteTopicRecords({ topic, partitions: [{ partition, offset: `${toOffset}` }] });
      }),
  };
}
