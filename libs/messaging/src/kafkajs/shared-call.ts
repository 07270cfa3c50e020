/**
 * Lets concurrent callers share one request. A caller never gets the answer of a request that was sent before it
 * asked (invariant 6: the answer would miss what was written in between); it joins the next one.
 */
export class SharedCall<T> {
  private inFlight: Promise<unknown> | null = null;
  private next: Promise<T> | null = null;

  /** @param send sends one request
   *  @param defer waits a moment for company before a request is sent */
  constructor(
    private readonly send: () => Promise<T>,
    private readonly defer: () => Promise<void>,
  ) {}

  call(): Promise<T> {
    this.next ??= this.sendNext(this.inFlight);
    return this.next;
  }

  private async sendNext(before: Promise<unknown> | null): Promise<T> {
    await before?.catch(() => {});
    await this.defer();
    this.next = null;
    const answer = this.send();
    const settled = answer
      .catch(() => {})
      .then(() => {
        if (this.inFlight === settled) this.inFlight = null;
      });
    this.inFlight = settled;
    return answer;
  }
}
