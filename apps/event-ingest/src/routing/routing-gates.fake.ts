/** One way in which something that a router waits for can end. */
export interface Ending {
  how: string;
  act(): void;
}

/** A request that nobody waits for any more, and that the server may carry out all the same. */
export interface LateRequest {
  what: string;
  arrive(): void;
}

export interface Pending {
  process: number;
  what: string;
  endings: readonly Ending[];
  /** Of a write. */
  late: LateRequest | null;
}

export interface GateOptions<T> {
  process: number;
  what: string;
  /** Carries it out and gives the answer. */
  effect(): T | Promise<T>;
  /** Carries a part of it out. */
  part?(): void;
}

async function carriedOut<T>(effect: () => T | Promise<T>): Promise<T> {
  return effect();
}

/** Everything that routers wait for, and their requests that are still on their way. */
export class RoutingGates {
  readonly pending: Pending[] = [];
  readonly onTheirWay: LateRequest[] = [];

  /** A question: it is answered or fails. */
  ask<T>({ process, what, effect }: GateOptions<T>): Promise<T> {
    return this.enter(process, what, null, (resolve, fail) => [
      { how: 'answered', act: () => resolve(carriedOut(effect)) },
      { how: 'fails', act: fail },
    ]);
  }

  /** A write: it may be carried out, or not, or later, without an answer. */
  write<T>({ process, what, effect, part }: GateOptions<T>): Promise<T> {
    const late: LateRequest = {
      what: `${what} of router ${process}`,
      arrive: () => void carriedOut(effect).catch(() => undefined),
    };
    return this.enter(process, what, late, (resolve, fail) => [
      { how: 'done', act: () => resolve(carriedOut(effect)) },
      { how: 'not done', act: fail },
      { how: 'done, but the answer is lost', act: () => void [late.arrive(), fail()] },
      { how: 'given up, and on its way', act: () => void [this.onTheirWay.push(late), fail()] },
      ...(part ? [{ how: 'done in part', act: () => void [part(), fail()] }] : []),
    ]);
  }

  sleep(process: number, ms: number): Promise<void> {
    return this.enter(process, `timer of ${ms} ms`, null, (resolve) => [{ how: 'fires', act: () => resolve() }]);
  }

  end(pending: Pending, ending: Ending): void {
    this.pending.splice(this.pending.indexOf(pending), 1);
    ending.act();
  }

  arrive(late: LateRequest): void {
    this.onTheirWay.splice(this.onTheirWay.indexOf(late), 1);
    late.arrive();
  }

  /** The process is gone: nothing answers it. Its writes arrive later, or never. */
  crash(process: number, writesArrive: boolean): void {
    for (const pending of this.pending.filter((one) => one.process === process)) {
      this.pending.splice(this.pending.indexOf(pending), 1);
      if (pending.late && writesArrive) this.onTheirWay.push(pending.late);
    }
  }

  private enter<T>(
    process: number,
    what: string,
    late: LateRequest | null,
    endingsOf: (resolve: (value: T | Promise<T>) => void, fail: () => void) => readonly Ending[],
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      const fail = () => reject(new Error(`${what}: no answer`));
      this.pending.push({ process, what, late, endings: endingsOf(resolve, fail) });
    });
  }
}
