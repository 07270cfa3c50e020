export const ROUTED_THROUGH_STORE = Symbol('RoutedThroughStore');

/** By partition of `events` the next offset to be routed: all below ended, and none of it is routed again. */
export interface RoutedThroughStore {
  load(): Promise<Map<number, number>>;
  /** Never lowers what is stored: a router that lost a partition may still store what it had done. */
  save(offsets: ReadonlyMap<number, number>): Promise<void>;
}
