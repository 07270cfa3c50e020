/**
 * What a round should write, its deliveries and routings together: some 20 to 40 ms of CPU. Whatever just missed the round, of
 * any tenant, waits for it.
 */
export const ROUND_WRITES_WANTED = 1_000;
/** A round pays for a barrier, the inbox and a request whatever it holds. */
export const ROUND_MIN_RECORDS = 20;
/** A record has its routing, and mostly a delivery. */
const WRITES_A_RECORD_MIN = 1;
/** How much of the estimate the newest round is, where it wrote less. */
const FEWER_WEIGHT = 0.1;

/**
 * How many records of `events` a round takes. What it will write is known only behind the inbox, so it is judged by the
 * rounds before: the fullest of late.
 */
export class RoundSize {
  private writesARecord = WRITES_A_RECORD_MIN;

  get maxRecords(): number {
    return Math.max(ROUND_MIN_RECORDS, Math.floor(ROUND_WRITES_WANTED / this.writesARecord));
  }

  /** A round of so many records wrote so many. */
  wrote(records: number, written: number): void {
    const newest = Math.max(WRITES_A_RECORD_MIN, written / records);
    const fewer = this.writesARecord + FEWER_WEIGHT * (newest - this.writesARecord);
    this.writesARecord = Math.max(newest, fewer);
  }
}
