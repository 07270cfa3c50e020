import { type Counter, metrics } from './metrics.js';

/** Counts connections of a service that are closed because there is no room for another one. */
export function closedForRoomCounter(service: string): () => void {
  const closed: Counter = metrics.counter('http.connections.closed_for_room', {
    description: 'Connections closed because the process may have no more: waiting ones, or new ones where none waits.',
    unit: '{connection}',
  });
  return () => closed.add(1, { service });
}

/** Tells of a service's open connections; returns what ends that. */
export function gaugeConnections(service: string, connections: { readonly count: number }): () => void {
  return metrics.gauge('http.connections', { description: 'Open connections.', unit: '{connection}' }, () => [
    { value: connections.count, attributes: { service } },
  ]);
}
