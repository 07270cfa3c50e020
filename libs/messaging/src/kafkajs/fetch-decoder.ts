import { createRequire } from 'node:module';
import { type FetchResponse, readFetchResponse } from './fetch-response.js';

interface ResponseModule {
  decode(raw: Buffer): Promise<FetchResponse>;
}

const require = createRequire(import.meta.url);
/** What every broker since Kafka 2.3 and kafkajs agree on. */
const FETCH_V11 = 'kafkajs/src/protocol/requests/fetch/v11/response.js';

/** Puts our reading of fetched batches in the place of kafkajs's own. Before the first reader; again is harmless. */
export function readFetchesWithinBounds(): void {
  const module: ResponseModule = require(FETCH_V11);
  module.decode = readFetchResponse;
}
