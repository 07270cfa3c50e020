import { describe } from 'vitest';
import { fakeStores } from './audit-stores.js';
import { replayConformance } from './replay.conformance.js';

const RUNS = 300;

describe('projections in memory', () => {
  replayConformance({ stores: fakeStores, reference: fakeStores, runs: RUNS });
});
