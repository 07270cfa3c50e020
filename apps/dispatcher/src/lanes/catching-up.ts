import type { Lane } from './lane.js';

/** Lanes that wait until the log was read through their last row: what comes before their rows may be no row yet. */
export class CatchingUp {
  private lanes: Lane[] = [];
  private nearest = Number.POSITIVE_INFINITY;

  constructor(private readonly onCaughtUp: (lane: Lane) => void) {}

  add(lane: Lane): void {
    const { catchUp } = lane.state;
    if (catchUp === null) return;
    this.lanes.push(lane);
    this.nearest = Math.min(this.nearest, catchUp.through);
  }

  /** The log was read up to this offset. */
  reached(nextOffset: number): void {
    if (nextOffset <= this.nearest) return;
    const isUnread = ({ state }: Lane) => state.catchUp !== null && state.catchUp.through >= nextOffset;
    const caughtUp = this.lanes.filter((lane) => !isUnread(lane));
    this.lanes = this.lanes.filter(isUnread);
    this.nearest = Math.min(...this.lanes.map(({ state }) => state.catchUp?.through ?? Number.POSITIVE_INFINITY));
    for (const lane of caughtUp) this.onCaughtUp(lane);
  }
}
