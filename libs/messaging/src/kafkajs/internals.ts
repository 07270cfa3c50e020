import { createRequire } from 'node:module';
import type { ISocketFactory, Logger } from 'kafkajs';

/**
 * The few parts of kafkajs 2.2.4 behind its public API that readers without a group and the barrier need: kafkajs's
 * admin sends three requests where one plain ListOffsets will do, and its consumer cannot read without a group.
 * The version is pinned and the project is no longer maintained, so these files do not change under us.
 */
export interface PartitionMetadata {
  partitionId: number;
  leader: number;
  partitionErrorCode: number;
}

export interface WireMessage {
  offset: string;
  timestamp: string;
  key: Buffer | null;
  value: Buffer | null;
  headers: Record<string, Buffer | Buffer[] | undefined>;
}

export interface FetchedPartition {
  partition: number;
  highWatermark: string;
  messages: WireMessage[];
}

export interface Broker {
  fetch(request: {
    maxWaitTime: number;
    minBytes: number;
    maxBytes: number;
    isolationLevel: number;
    topics: { topic: string; partitions: { partition: number; fetchOffset: string; maxBytes: number }[] }[];
  }): Promise<{ responses: { topicName: string; partitions: FetchedPartition[] }[] }>;
  listOffsets(request: {
    isolationLevel: number;
    topics: { topic: string; partitions: { partition: number; timestamp: number }[] }[];
  }): Promise<{ responses: { topic: string; partitions: { partition: number; offset: string }[] }[] }>;
  apiVersions(): Promise<unknown>;
}

export interface Cluster {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  isConnected(): boolean;
  addTargetTopic(topic: string): Promise<void>;
  refreshMetadata(): Promise<void>;
  refreshMetadataIfNecessary(): Promise<void>;
  findTopicPartitionMetadata(topic: string): PartitionMetadata[];
  findBroker(node: { nodeId: string }): Promise<Broker>;
  getNodeIds(): string[];
  removeBroker(address: { host: string; port: number }): void;
}

export interface ClusterOptions {
  logger: Logger;
  brokers: readonly string[];
  clientId: string;
  socketFactory: ISocketFactory;
  connectionTimeout: number;
  requestTimeout: number;
  enforceRequestTimeout: boolean;
  metadataMaxAge: number;
  retry: { retries: number; initialRetryTime: number; maxRetryTime: number };
  allowAutoTopicCreation: boolean;
  maxInFlightRequests: null;
}

/** What one fetch returned for a partition, without aborted, control and too early records. */
export interface FetchedBatch {
  messages: WireMessage[];
  rawMessages: WireMessage[];
  highWatermark: string;
  lastOffset(): string;
}

export interface RequestQueue {
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  throttledUntil: number;
  pending: unknown[];
  checkPendingRequests(): void;
  scheduleCheckPendingRequests(): void;
}

const require = createRequire(import.meta.url);

export const ClusterClass: new (options: ClusterOptions) => Cluster = require('kafkajs/src/cluster/index.js');
export const FetchedBatchClass: new (
  topic: string,
  fetchedOffset: string,
  partition: FetchedPartition,
) => FetchedBatch = require('kafkajs/src/consumer/batch.js');
export const defaultSocketFactory: () => ISocketFactory = require('kafkajs/src/network/socketFactory.js');
const RequestQueueClass: { prototype: RequestQueue } = require('kafkajs/src/network/requestQueue/index.js');

const PENDING_CHECK_MS = 10;

/**
 * kafkajs re-arms its throttle timer after every response with a negative delay, and again each time that it fires:
 * each connection then wakes the process a thousand times a second for ever, and Node 24 prints a
 * TimeoutNegativeWarning. The timer is needed only while requests wait.
 */
export function stopIdleThrottleTimers(): void {
  RequestQueueClass.prototype.scheduleCheckPendingRequests = function scheduleWhileRequestsWait(this: RequestQueue) {
    if (this.throttleCheckTimeoutId || this.pending.length === 0) return;
    this.throttleCheckTimeoutId = setTimeout(
      () => {
        this.throttleCheckTimeoutId = null;
        this.checkPendingRequests();
      },
      Math.max(this.throttledUntil - Date.now(), PENDING_CHECK_MS),
    );
  };
}
