export interface BrokerSettings {
  port: number;
  controllerPort: number;
  dataDirectory: string;
  /** Where clients are told to go instead of `port`: a proxy before the broker. */
  advertisedPort?: number;
  /** Settings besides these, and in their place. */
  further?: Readonly<Record<string, string>>;
}

/** One KRaft node for a laptop: small buffers, no waiting for more members, nothing replicated. */
export function brokerProperties(settings: BrokerSettings): string {
  const properties: Record<string, string | number | boolean> = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    listeners: `PLAINTEXT://127.0.0.1:${settings.port},CONTROLLER://127.0.0.1:${settings.controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${settings.advertisedPort ?? settings.port}`,
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'controller.quorum.voters': `1@127.0.0.1:${settings.controllerPort}`,
    'log.dirs': settings.dataDirectory,
    'auto.create.topics.enable': false,
    'group.initial.rebalance.delay.ms': 0,
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 4,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 1,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'share.coordinator.state.topic.num.partitions': 1,
    'num.network.threads': 2,
    'num.io.threads': 4,
    'background.threads': 2,
    'log.cleaner.dedupe.buffer.size': 8 * 1024 * 1024,
    'log.index.size.max.bytes': 1024 * 1024,
  };
  return Object.entries({ ...properties, ...settings.further })
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
}

/**
 * Keeps the whole JVM near 250 MiB; one collector thread suffices for such a heap. Only the quick compiler: the
 * optimising one used more CPU in the first minutes under load than the broker itself, and never earned it back here.
 */
export const BROKER_JVM_OPTIONS = [
  '-Xms128m',
  '-Xmx384m',
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-XX:MaxDirectMemorySize=64m',
  '-XX:ReservedCodeCacheSize=64m',
  '-XX:+ExitOnOutOfMemoryError',
  '-Xshare:auto',
  '-Djava.awt.headless=true',
  '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
  '-Dorg.slf4j.simpleLogger.showDateTime=true',
  "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSS",
] as const;

/** One argument with "=": a cluster id (base64url) that begins with "-" would else be read as an option, one in 64. */
export function formatArguments(clusterId: string, properties: string): string[] {
  return ['format', `--cluster-id=${clusterId}`, '-c', properties];
}
