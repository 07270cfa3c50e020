import kafkajs, { type ISocketFactory, type Kafka } from 'kafkajs';
import { type MessagingLogger, silentLogger } from '../port/messaging-logger.js';
import { type Cluster, ClusterClass, defaultSocketFactory, stopIdleThrottleTimers } from './internals.js';
import { kafkajsLogCreator } from './kafkajs-logger.js';
import { encodeProduceRequestsOnce } from './produce-encoder.js';

export interface ClientOptions {
  brokers: readonly string[];
  clientId: string;
  logger?: MessagingLogger;
  /** Opens connections another way: through a proxy, or in tests through one that breaks them. */
  socketFactory?: ISocketFactory;
}

/** What all parts of the adapter share. Each publisher, reader and subscription has connections of its own. */
export interface Client {
  kafka: Kafka;
  logger: MessagingLogger;
  /** A new set of connections: the broker answers one request a connection at a time, and some wait for long. */
  newCluster(requestTimeoutMs?: number): Cluster;
}

const CONNECTION_TIMEOUT_MS = 3_000;
export const REQUEST_TIMEOUT_MS = 30_000;
const METADATA_MAX_AGE_MS = 300_000;

/** Our own loops try again; kafkajs only bridges a broker's restart of a second or two. */
const RETRY = { retries: 4, initialRetryTime: 100, maxRetryTime: 1_000 };

export function createClient({
  brokers,
  clientId,
  logger = silentLogger,
  socketFactory = defaultSocketFactory(),
}: ClientOptions): Client {
  stopIdleThrottleTimers();
  encodeProduceRequestsOnce();
  const kafka = new kafkajs.Kafka({
    brokers: [...brokers],
    clientId,
    socketFactory,
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    retry: RETRY,
    logLevel: kafkajs.logLevel.WARN,
    logCreator: kafkajsLogCreator(logger),
  });
  return {
    kafka,
    logger,
    newCluster: (requestTimeoutMs = REQUEST_TIMEOUT_MS) =>
      new ClusterClass({
        logger: kafka.logger(),
        brokers,
        clientId,
        socketFactory,
        connectionTimeout: CONNECTION_TIMEOUT_MS,
        requestTimeout: requestTimeoutMs,
        enforceRequestTimeout: true,
        metadataMaxAge: METADATA_MAX_AGE_MS,
        retry: RETRY,
        allowAutoTopicCreation: false,
        maxInFlightRequests: null,
      }),
  };
}
