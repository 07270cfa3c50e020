import type { Socket } from 'node:net';
import type { Destination } from './egress-policy.js';

export interface ConnectionGoal {
  /** Checked addresses, the first to be tried first; a name alone where an egress proxy resolves. Never empty. */
  hosts: readonly string[];
  port: number;
  destination: Destination;
  /** Nobody waits for the connection any more. */
  signal?: AbortSignal;
}

/** Opens a connection on which nothing was sent yet; rejects with what `transportFailureOf` can read. */
export type OpenConnection = (goal: ConnectionGoal) => Promise<Socket>;
