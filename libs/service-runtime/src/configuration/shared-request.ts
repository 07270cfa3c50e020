/**
 * Lets concurrent callers share one request, of which at most one is in flight. A caller never joins a request that
 * was sent before it called: that answer may describe a moment before the call.
 */
export class SharedRequest<T> {
  private inFlight: Promise<T> | null = null;
  private next: Promise<T> | null = null;

  constructor(private readonly send: () => Promise<T>) {}

  get(): Promise<T> {
    if (!this.inFlight) return this.start();
    this.next ??= this.inFlight.then(
      () => this.startNext(),
      () => this.startNext(),
    );
    return this.next;
  }

  private startNext(): Promise<T> {
    this.next = null;
    return this.start();
  }

  private start(): Promise<T> {
    const request = this.send();
    const clear = () => {
      if (this.inFlight === request) this.inFlight = null;
    };
    this.inFlight = request;
    request.then(clear, clear);
    return request;
  }
}
