/** Where a text of the catalogue stands in a body that is fine otherwise. */
export interface JsonSpot {
  method: 'POST' | 'PUT' | 'PATCH';
  /** `{integration}`, `{rule}` and `{tenant}` are those that the test has made. */
  path: string;
  /** Where in the body it stands. */
  at: string;
  body(json: string): string;
  headers?: Readonly<Record<string, string>>;
}

const ANY_VERSION = { 'if-match': '*' };
const HOOK = '"url":"https://example.com/"';

/** A new route with a body that is not an event gets its lines here: one a member that takes free text or any JSON. */
export const JSON_SPOTS: readonly JsonSpot[] = [
  { method: 'POST', path: '/v1/tenants', at: '/name', body: (json) => `{"name":${json},"plan":"standard"}` },
  { method: 'POST', path: '/v1/tenants', at: '/id', body: (json) => `{"id":${json},"name":"T","plan":"standard"}` },
  {
    method: 'PATCH',
    path: '/v1/tenants/{tenant}',
    at: '/name',
    body: (json) => `{"name":${json}}`,
    headers: ANY_VERSION,
  },
  { method: 'POST', path: '/v1/api-keys', at: '/name', body: (json) => `{"name":${json},"role":"viewer"}` },
  {
    method: 'PUT',
    path: '/v1/event-types/hostile.type',
    at: '/description',
    body: (json) => `{"description":${json}}`,
  },
  {
    method: 'PUT',
    path: '/v1/event-types/hostile.type',
    at: '/example',
    body: (json) => `{"description":"d","example":${json}}`,
  },
  {
    method: 'PUT',
    path: '/v1/event-types/hostile.type',
    at: '/schema',
    body: (json) => `{"description":"d","schema":${json}}`,
  },
  {
    method: 'PUT',
    path: '/v1/event-types/hostile.type',
    at: '/schema/const',
    body: (json) => `{"description":"d","schema":{"const":${json}}}`,
  },
  { method: 'POST', path: '/v1/integrations', at: '/name', body: (json) => `{"name":${json},${HOOK}}` },
  { method: 'POST', path: '/v1/integrations', at: '/url', body: (json) => `{"name":"i","url":${json}}` },
  {
    method: 'POST',
    path: '/v1/integrations',
    at: '/eventTypes/0',
    body: (json) => `{"name":"i",${HOOK},"eventTypes":[${json}]}`,
  },
  {
    method: 'POST',
    path: '/v1/integrations',
    at: '/request/headers/X-A',
    body: (json) => `{"name":"i",${HOOK},"request":{"headers":{"X-A":${json}}}}`,
  },
  {
    method: 'POST',
    path: '/v1/integrations',
    at: '/request/body/template',
    body: (json) => `{"name":"i",${HOOK},"request":{"body":{"format":"template","template":${json}}}}`,
  },
  {
    method: 'POST',
    path: '/v1/integrations',
    at: '/filter/0/value/0',
    body: (json) => `{"name":"i",${HOOK},"filter":[{"pointer":"/data/a","op":"in","value":[${json}]}]}`,
  },
  {
    method: 'PATCH',
    path: '/v1/integrations/{integration}',
    at: '/request/headers',
    body: (json) => `{"request":{"headers":${json}}}`,
    headers: ANY_VERSION,
  },
  {
    method: 'PUT',
    path: '/v1/integrations:apply',
    at: '/items/0',
    body: (json) => `{"items":[${json}],"dryRun":true}`,
  },
  {
    method: 'PUT',
    path: '/v1/integrations:apply',
    at: '/items/0/name',
    body: (json) => `{"items":[{"name":${json},${HOOK}}],"dryRun":true}`,
  },
  {
    method: 'POST',
    path: '/v1/integrations/{integration}/disable',
    at: '/reason',
    body: (json) => `{"reason":${json}}`,
  },
  {
    method: 'POST',
    path: '/v1/integrations/{integration}/enable',
    at: '/backlog',
    body: (json) => `{"backlog":${json}}`,
  },
  {
    method: 'POST',
    path: '/v1/integrations/{integration}/test',
    at: '/eventType',
    body: (json) => `{"eventType":${json}}`,
  },
  {
    method: 'POST',
    path: '/v1/decision-rules',
    at: '/name',
    body: (json) => `{"name":${json},"method":"GET",${HOOK}}`,
  },
  {
    method: 'POST',
    path: '/v1/decision-rules',
    at: '/body',
    body: (json) => `{"name":"r","method":"POST",${HOOK},"body":${json}}`,
  },
  { method: 'POST', path: '/v1/decision-rules/{rule}/test', at: '/context', body: (json) => `{"context":${json}}` },
  {
    method: 'POST',
    path: '/v1/decisions',
    at: '/context/username',
    body: (json) => `{"rule":"{rule}","context":{"username":${json}}}`,
  },
  {
    method: 'POST',
    path: '/v1/recoveries',
    at: '/integrationId',
    body: (json) => `{"integrationId":${json},"since":"2026-01-02T00:00:00Z","dryRun":true}`,
  },
  {
    method: 'POST',
    path: '/v1/recoveries',
    at: '/since',
    body: (json) => `{"integrationId":"{integration}","since":${json},"dryRun":true}`,
  },
  { method: 'POST', path: '/v1/decisions', at: '/rule', body: (json) => `{"rule":${json},"context":{}}` },
];
