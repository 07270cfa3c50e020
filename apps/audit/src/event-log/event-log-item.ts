import { type AttemptView, type AttemptWithBodies, loggedBody, loggedHeaders } from '@hookstile/service-runtime';
import type { AttemptRow } from '../project/rows.js';
import { toIso, toNullableIso } from '../read/times.js';
import type { EventLogLine } from './event-log.store.js';

/** An attempt as lists show it. */
export function eventLogItem(line: EventLogLine): AttemptView {
  return {
    id: line.attemptId,
    at: toIso(line.atMs),
    integrationId: line.integrationId,
    deliveryId: line.deliveryId,
    deliveryIds: line.deliveryIds ? [...line.deliveryIds] : [line.deliveryId],
    eventId: line.eventId,
    eventSource: line.eventSource,
    eventType: line.eventType,
    attempt: line.attempt,
    trigger: line.trigger,
    outcome: line.outcome,
    httpStatus: line.httpStatus,
    error: line.error,
    errorDetail: line.errorDetail,
    durationMs: line.durationMs,
    nextAttemptAt: toNullableIso(line.nextAttemptAtMs),
    traceId: line.traceId,
    late: line.late,
    request: {
      method: line.method,
      url: line.url,
      headers: loggedHeaders(JSON.parse(line.requestHeaders)),
      truncated: line.requestTruncated,
    },
    response:
      line.responseHeaders === null
        ? null
        : { headers: loggedHeaders(JSON.parse(line.responseHeaders)), truncated: line.responseTruncated },
  };
}

/** An attempt with the bodies of its request and response. */
export function eventLogDetail(row: AttemptRow): AttemptWithBodies {
  const item = eventLogItem(row);
  return {
    ...item,
    request: { ...item.request, ...loggedBody(row.requestBody) },
    response: item.response && { ...item.response, ...loggedBody(row.responseBody) },
  };
}
