import { EDITORS, operationsOf, PRODUCERS, READERS } from './operation.js';

/** A new route adds its line here and names its id by `@Operation`; tests compare both, and what the gateway makes of the path. */
export const DISPATCHER_OPERATIONS = operationsOf('dispatcher', {
  'lanes.list': {
    method: 'GET',
    path: '/v1/integrations/{id}/lanes',
    access: READERS,
    summary: 'List the lanes of an integration with something waiting',
  },
  'lanes.list-deliveries': {
    method: 'GET',
    path: '/v1/integrations/{id}/lanes/{key}/deliveries',
    access: READERS,
    summary: 'List what waits in a lane',
  },
  'lanes.skip': {
    method: 'POST',
    path: '/v1/integrations/{id}/lanes/{key}/skip',
    access: EDITORS,
    summary: 'Skip the exhausted head of a lane',
  },
  'integrations.test': {
    method: 'POST',
    path: '/v1/integrations/{id}/test',
    access: EDITORS,
    summary: 'Test an integration by one real attempt',
  },
  'decisions.make': { method: 'POST', path: '/v1/decisions', access: PRODUCERS, summary: 'Ask for a decision' },
  'decision-rules.test': {
    method: 'POST',
    path: '/v1/decision-rules/{id}/test',
    access: EDITORS,
    summary: 'Try a decision rule',
  },
});
