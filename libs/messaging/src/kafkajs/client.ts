import kafkajs, { type ISocketFactory, type Kafka, type SASLOptions } from 'kafkajs';
import { type KafkaSecurity, PLAIN_TCP } from '../port/kafka-security.js';
import { type MessagingLogger, silentLogger } from '../port/messaging-logger.js';
import { readFetchesWithinBounds } from './fetch-decoder.js';
import {
  type Cluster,
  ClusterClass,
  defaultSocketFactory,
  endConnectionsThatTimeOut,
  stopIdleThrottleTimers,
} from './internals.js';
import { kafkajsLogCreator } from './kafkajs-logger.js';
import { encodeProduceRequestsOnce } from './produce-encoder.js';

export interface ClientOptions {
  brokers: readonly string[];
  clientId: string;
  security?: KafkaSecurity;
  logger?: MessagingLogger;
  /** Opens connections another way: through a proxy, or in tests through one that breaks them. */
  socketFactory?: ISocketFactory;
  /** A connection on which an answer takes longer is given up (default 10 s); a group's member waits its session and 5 s. */
  requestTimeoutMs?: number;
}

/** What all parts of the adapter share. Each publisher, reader and subscription has connections of its own. */
export interface Client {
  kafka: Kafka;
  /** For requests that change topics and groups, which may take long. */
  adminKafka: Kafka;
  /** For a member of a group, whose commits wait behind its join, and that until the session of a dead member ends. */
  memberKafka(sessionTimeoutMs: number): Kafka;
  logger: MessagingLogger;
  /** A new set of connections: the broker answers one request a connection at a time, and some wait for long. */
  newCluster(requestTimeoutMaxMs?: number): Cluster;
}

const CONNECTION_TIMEOUT_MS = 3_000;
const AUTHENTICATION_TIMEOUT_MS = 10_000;
/** Brokers may want to be told again who we are; so long before. */
const REAUTHENTICATION_THRESHOLD_MS = 10_000;
/** Within this a half-open connection is noticed and a new one opened: by producers, followers and offset requests. */
const REQUEST_TIMEOUT_MS = 10_000;
const MEMBER_REQUEST_MARGIN_MS = 5_000;
const ADMIN_REQUEST_TIMEOUT_MS = 30_000;
const METADATA_MAX_AGE_MS = 300_000;

/** Our own loops try again; kafkajs only bridges a broker's restart of a second or two. */
const RETRY = { retries: 4, initialRetryTime: 100, maxRetryTime: 1_000 };

/** In the words of kafkajs. */
function securityOptions({ tls, sasl }: KafkaSecurity) {
  return {
    ...(tls === null ? {} : { ssl: tls.ca === null ? {} : { ca: tls.ca } }),
    ...(sasl === null ? {} : { sasl: sasl as SASLOptions }),
    authenticationTimeout: AUTHENTICATION_TIMEOUT_MS,
    reauthenticationThreshold: REAUTHENTICATION_THRESHOLD_MS,
  };
}

export function createClient({
  brokers,
  clientId,
  security = PLAIN_TCP,
  logger = silentLogger,
  socketFactory = defaultSocketFactory(),
  requestTimeoutMs = REQUEST_TIMEOUT_MS,
}: ClientOptions): Client {
  stopIdleThrottleTimers();
  endConnectionsThatTimeOut();
  encodeProduceRequestsOnce();
  readFetchesWithinBounds();
  const kafkaOf = (requestTimeout: number): Kafka =>
    new kafkajs.Kafka({
      brokers: [...brokers],
      clientId,
      ...securityOptions(security),
      socketFactory,
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout,
      retry: RETRY,
      logLevel: kafkajs.logLevel.WARN,
      logCreator: kafkajsLogCreator(logger),
    });
  const kafka = kafkaOf(requestTimeoutMs);
  return {
    kafka,
    adminKafka: kafkaOf(ADMIN_REQUEST_TIMEOUT_MS),
    memberKafka: (sessionTimeoutMs) => kafkaOf(sessionTimeoutMs + MEMBER_REQUEST_MARGIN_MS),
    logger,
    newCluster: (requestTimeoutMaxMs = requestTimeoutMs) =>
      new ClusterClass({
        logger: kafka.logger(),
        brokers,
        clientId,
        ...securityOptions(security),
        socketFactory,
        connectionTimeout: CONNECTION_TIMEOUT_MS,
        requestTimeout: Math.min(requestTimeoutMs, requestTimeoutMaxMs),
        enforceRequestTimeout: true,
        metadataMaxAge: METADATA_MAX_AGE_MS,
        retry: RETRY,
        allowAutoTopicCreation: false,
        maxInFlightRequests: null,
      }),
  };
}
