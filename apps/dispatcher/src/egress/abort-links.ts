export interface Abortable {
  abort(): void;
}

/**
 * Links requests to abort signals with one listener a signal, however many requests share it: adding and removing a
 * listener of its own for each request would search the signal's list each time.
 */
export class AbortLinks {
  readonly #bySignal = new WeakMap<AbortSignal, Set<Abortable>>();

  add(signal: AbortSignal, abortable: Abortable): void {
    const linked = this.#bySignal.get(signal);
    if (linked) linked.add(abortable);
    else this.#listen(signal, new Set([abortable]));
  }

  remove(signal: AbortSignal, abortable: Abortable): void {
    this.#bySignal.get(signal)?.delete(abortable);
  }

  #listen(signal: AbortSignal, linked: Set<Abortable>): void {
    this.#bySignal.set(signal, linked);
    const onAbort = () => {
      for (const abortable of [...linked]) abortable.abort();
    };
    signal.addEventListener('abort', onAbort, { once: true });
  }
}
