import { anIntegration } from '@hookstile/testing';
import { expect, it } from 'vitest';
import { ConfigurationIndex } from './configuration-index.js';

const MANY = 20_000;

// Listing them anew with each would take a minute, and did so at each start.
it('takes in thousands of integrations of one tenant at a start', () => {
  const index = new ConfigurationIndex();
  const one = anIntegration();
  for (let n = MANY; n > 0; n -= 1) index.apply({ ...one, id: `int_${String(n).padStart(6, '0')}` });
  const ids = index.integrations.of(one.tenantId).map(({ id }) => id);
  expect([ids.length, ids[0], ids.at(-1)]).toEqual([MANY, 'int_000001', `int_0${MANY}`]);
});
