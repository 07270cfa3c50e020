import type { Dispatcher } from './dispatcher.js';

/** The dispatcher of this process, for its routes. */
export interface RunningDispatcher {
  /** Null before the start and after the stop. */
  readonly dispatcher: Dispatcher | null;
  /** The name that its leases are held under. */
  readonly owner: string;
}

export const DISPATCHER = Symbol('RunningDispatcher');
