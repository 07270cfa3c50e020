import type { Socket } from 'node:net';
import type { AttemptError } from '@hookstile/contracts';

/** What an attempt at a hostile receiver ends with: the status that it answered, or why there was no answer. */
export type Ending = number | AttemptError;

/** A receiver that does a client harm, or tries to. One line in a catalogue, and every suite knows it. */
export interface HostileReceiver {
  /** Ends the sentence "a receiver that …". */
  name: string;
  scheme: 'http' | 'https';
  /** Treats a connection; whether a request was read, and whether TLS begins, is up to it. */
  treat(socket: Socket): void;
  attempt: Ending;
  /** Of a decision rule that asks it, which never grants. */
  decision: 'no_match' | 'http_status' | 'timeout' | 'connect' | 'unparseable';
  /** Its authority, PEM, where the harm comes behind being trusted. */
  ca?: string;
  /** Less than the whole answer is kept. By default not. */
  isTruncated?: boolean;
  /** Its answers are whole and lawful HTTP: the connection may serve again. */
  keepsConnection?: boolean;
  /** It does not look, and so cannot tell whether its connections stand. */
  isBlind?: boolean;
}
