/**
 * The ports that the Fetch standard calls bad (https://fetch.spec.whatwg.org/#port-blocking): services that take an HTTP
 * request for lines of their own protocol, such as mail, IRC and X11. Port 0 is what nothing listens on.
 */
const BAD_PORTS: readonly number[] = [
  0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109, 110,
  111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532,
  540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061,
  6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
];

/** Where there is no reason for a webhook to be, and where an address that is allowed would let it do harm. */
const INFRASTRUCTURE_PORTS: Readonly<Record<number, string>> = {
  445: 'SMB',
  873: 'rsync',
  1433: 'SQL Server',
  1521: 'Oracle',
  2181: 'ZooKeeper',
  2375: 'Docker, which trusts whoever connects',
  2376: 'Docker',
  2379: 'etcd, the state of a cluster',
  2380: 'etcd, between its members',
  3306: 'MySQL',
  3389: 'RDP',
  4369: 'Erlang port mapper',
  5432: 'Postgres',
  5671: 'AMQP',
  5672: 'AMQP',
  5900: 'VNC',
  6379: 'Redis, which takes a line of a request for a command',
  6432: 'PgBouncer',
  8472: 'VXLAN',
  9042: 'Cassandra',
  9092: 'Kafka',
  10248: 'kubelet, its health',
  10249: 'kube-proxy',
  10250: 'kubelet, which runs commands in pods',
  10255: 'kubelet, which tells of pods without asking who is there',
  10256: 'kube-proxy',
  10257: 'Kubernetes controllers',
  10259: 'Kubernetes scheduler',
  11211: 'memcached, which takes a line of a request for a command',
  26379: 'Redis Sentinel',
  27017: 'MongoDB',
  27018: 'MongoDB',
  27019: 'MongoDB',
};

export const DENIED_PORTS: ReadonlySet<number> = new Set([
  ...BAD_PORTS,
  ...Object.keys(INFRASTRUCTURE_PORTS).map(Number),
]);
