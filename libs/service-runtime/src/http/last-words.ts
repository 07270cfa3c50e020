import type { Socket } from 'node:net';
import type { BoundedConnections } from './bounded-connections.js';

type AnswerableConnections = Pick<BoundedConnections, 'isAnswerable' | 'closeBehindAnswers'>;

/** Answers what never became a request, or whose body is none (Node's `clientError`), and closes the connection. */
export function answerBroken(
  error: NodeJS.ErrnoException,
  socket: Socket,
  connections: AnswerableConnections,
  answer: (errorCode: string | undefined) => string,
): void {
  if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy();
  else if (connections.isAnswerable(socket)) socket.end(answer(error.code));
  else connections.closeBehindAnswers(socket);
}

/**
 * Answers Node's `connect`: a proxy's business. Node lets go of the connection with it: nothing but this would ever end
 * one whose client leaves it half open, and a stop would wait for it.
 */
export function refuseTunnel(socket: Socket, connections: AnswerableConnections, answer: string): void {
  socket.on('error', () => undefined);
  if (connections.isAnswerable(socket)) {
    socket.write(answer);
    socket.destroySoon();
  } else connections.closeBehindAnswers(socket);
}
