import { describe } from 'vitest';
import { replayConformance } from './audit.store.conformance.js';
import { fakeStores } from './audit.store.fake.js';

const RUNS = 300;

describe('projections in memory', () => {
  replayConformance({ stores: fakeStores, reference: fakeStores, runs: RUNS });
});
