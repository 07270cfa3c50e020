/** Small for a laptop, durable as ever: fsync and synchronous_commit keep their defaults. */
export function postgresArguments(dataDirectory: string, port: number): string[] {
  const settings: Record<string, string | number> = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    max_connections: 100,
    shared_buffers: '64MB',
    wal_level: 'minimal',
    max_wal_senders: 0,
    min_wal_size: '128MB',
    max_wal_size: '1GB',
    checkpoint_timeout: '10min',
    io_method: 'sync',
    jit: 'off',
    log_min_messages: 'warning',
    log_checkpoints: 'off',
    log_line_prefix: '%m [%p] ',
  };
  return ['-D', dataDirectory, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}

/** A locale that needs nothing of the machine and sorts the same everywhere. */
export const INITDB_ARGUMENTS = [
  '--username=hookstile',
  '--auth=scram-sha-256',
  '--encoding=UTF8',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  '--locale=C',
  '--no-sync',
] as const;
