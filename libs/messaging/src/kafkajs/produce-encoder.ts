import { createRequire } from 'node:module';
import { type EncodedPayload, encodeProduce, isPlain, type ProduceArguments } from './produce-request.js';

interface ProduceRequest {
  encode(): Promise<EncodedPayload>;
}

const require = createRequire(import.meta.url);
const PRODUCE_V3 = 'kafkajs/src/protocol/requests/produce/v3/request.js';

let installed = false;

/** Puts the encoder in the place of kafkajs's own; its versions 4 to 7 build on version 3. Before the first producer. */
export function encodeProduceRequestsOnce(): void {
  if (installed) return;
  installed = true;
  const original: (given: ProduceArguments) => ProduceRequest = require(PRODUCE_V3);
  const module = require.cache[require.resolve(PRODUCE_V3)];
  if (!module) return;
  module.exports = (given: ProduceArguments): ProduceRequest => {
    const request = original(given);
    if (!isPlain(given)) return request;
    return Object.assign(request, { encode: async () => encodeProduce(given, Date.now()) });
  };
}
