/** What also the gateway, which is built of nothing else, does with connections and heads of requests. */
export { BoundedConnections } from './bounded-connections.js';
export { answerBroken, refuseTunnel } from './last-words.js';
export { hasTooManyHeaders, NODE_HEADERS_MAX_COUNT, unclearIn } from './unclear-head.js';
