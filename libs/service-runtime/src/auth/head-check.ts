import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Principal } from './principal.js';

/**
 * What an operation asks of a request beside who makes it, before a byte of the body is read: who sends what is refused
 * anyway would otherwise make the process read it first.
 */
export interface HeadCheck {
  /** Throws the problem that the request is answered with. */
  checkHead(principal: Principal, request: FastifyRequest, reply: FastifyReply): void;
}
