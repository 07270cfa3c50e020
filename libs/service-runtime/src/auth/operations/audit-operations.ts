import { EDITORS, operationsOf, READERS } from './operation.js';

/** A new route adds its line here and names its id by `@Operation`; tests compare both, and what the gateway makes of the path. */
export const AUDIT_OPERATIONS = operationsOf('audit', {
  'event-log.list': { method: 'GET', path: '/v1/event-log', access: READERS, summary: 'List attempts' },
  'event-log.stream': {
    method: 'GET',
    path: '/v1/event-log/stream',
    access: READERS,
    summary: 'Follow attempts as they are made',
  },
  'event-log.get': {
    method: 'GET',
    path: '/v1/event-log/{id}',
    access: READERS,
    summary: 'Read an attempt with its bodies',
  },
  'deliveries.list': { method: 'GET', path: '/v1/deliveries', access: READERS, summary: 'List deliveries' },
  'deliveries.get': { method: 'GET', path: '/v1/deliveries/{id}', access: READERS, summary: 'Read a delivery' },
  'deliveries.redeliver': {
    method: 'POST',
    path: '/v1/deliveries/{id}/redeliver',
    access: EDITORS,
    summary: 'Send a delivery that has ended once more',
  },
  'recoveries.create': {
    method: 'POST',
    path: '/v1/recoveries',
    access: EDITORS,
    summary: "Send an integration's ended deliveries of a time once more",
  },
  'recoveries.list': { method: 'GET', path: '/v1/recoveries', access: READERS, summary: 'List recoveries' },
  'recoveries.get': { method: 'GET', path: '/v1/recoveries/{id}', access: READERS, summary: 'Read how far one is' },
  'recoveries.stop': { method: 'DELETE', path: '/v1/recoveries/{id}', access: EDITORS, summary: 'Stop a recovery' },
  'events.list': { method: 'GET', path: '/v1/events', access: READERS, summary: 'List what happened to events' },
  'audit-log.list': { method: 'GET', path: '/v1/audit-log', access: READERS, summary: 'List who changed what' },
  'activity-log.list': { method: 'GET', path: '/v1/activity-log', access: READERS, summary: 'List decisions' },
  'activity-log.get': { method: 'GET', path: '/v1/activity-log/{id}', access: READERS, summary: 'Read a decision' },
  'stats.read': {
    method: 'GET',
    path: '/v1/stats',
    access: READERS,
    summary: 'Read counts and latencies of attempts by spans of time',
  },
});
