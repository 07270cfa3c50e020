import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import type { ISocketFactory, Logger, SASLOptions } from 'kafkajs';
import type { Unreadable } from '../port/records.js';

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
  /** A record of Kafka's own, such as the end of a transaction. */
  isControlRecord: boolean;
  batchContext: { producerId: string; inTransaction: boolean };
  unreadable?: Unreadable;
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
  leaveGroup(member: { groupId: string; memberId: string }): Promise<unknown>;
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
  findGroupCoordinator(group: { groupId: string }): Promise<Broker>;
  getNodeIds(): string[];
  removeBroker(address: { host: string; port: number }): void;
}

export interface ClusterOptions {
  logger: Logger;
  brokers: readonly string[];
  clientId: string;
  ssl?: { ca?: string };
  sasl?: SASLOptions;
  authenticationTimeout: number;
  reauthenticationThreshold: number;
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

interface SocketRequest {
  timeoutHandler(): void;
}

/** One TCP connection; each has a request queue of its own. */
export interface Connection {
  host: string;
  port: number;
  socket?: Socket;
  requestQueue: RequestQueue;
  rejectRequests(error: Error): void;
  connect(): Promise<boolean>;
  disconnect(): Promise<boolean>;
}

export interface RequestQueue {
  /** Added here: ends the connection whose queue this is. */
  breakOff?: () => void;
  createSocketRequest(pushed: unknown): SocketRequest;
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
const ConnectionClass: { prototype: Connection } = require('kafkajs/src/network/connection.js');
const { KafkaJSConnectionClosedError: ConnectionClosedError } = require('kafkajs/src/errors.js') as {
  KafkaJSConnectionClosedError: new (message: string, address: { host: string; port: number }) => Error;
};

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

let breaksOff = false;

/**
 * A request that times out leaves its connection as it is in kafkajs, and the next request goes out on it, too: on one
 * that is half-open – a firewall forgot it, its packets are dropped – none is answered until the kernel gives up after a
 * quarter of an hour. Here a timeout ends the connection, and the next request opens another.
 */
export function endConnectionsThatTimeOut(): void {
  if (breaksOff) return;
  breaksOff = true;
  const { prototype: queue } = RequestQueueClass;
  const { createSocketRequest } = queue;
  queue.createSocketRequest = function withBreakOff(this: RequestQueue, pushed) {
    const request = createSocketRequest.call(this, pushed);
    const { timeoutHandler } = request;
    request.timeoutHandler = () => {
      timeoutHandler();
      this.breakOff?.();
    };
    return request;
  };
  const { connect } = ConnectionClass.prototype;
  ConnectionClass.prototype.connect = function connectBreakable(this: Connection) {
    this.requestQueue.breakOff ??= () => breakOff(this);
    return connect.call(this);
  };
}

function breakOff(connection: Connection): void {
  const { host, port, socket } = connection;
  connection.rejectRequests(new ConnectionClosedError('a request timed out', { host, port }));
  void connection.disconnect();
  socket?.destroy();
}
