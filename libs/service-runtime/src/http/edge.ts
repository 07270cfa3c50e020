/** What also the gateway, which is built of nothing else, does with connections, heads of requests and problems. */
export { ProblemError } from '../problems/problem.error.js';
export { problemAnswer } from '../problems/problem-document.js';
export { BoundedConnections } from './bounded-connections.js';
export { clearHeadsOf, type ProblemOfHead } from './clear-heads.js';
export { answerBroken, refuseTunnel } from './last-words.js';
export { NODE_HEADERS_MAX_COUNT } from './unclear-head.js';
