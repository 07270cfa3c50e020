import { readFileSync } from 'node:fs';

/**
 * Preloaded into a service (`--import`): its wall clock goes wrong by as many milliseconds as a file says. The file is
 * read at the start and at each SIGUSR2. Only `Date` is shifted; `performance` and timers go on as they did.
 */
const file = process.env.FAULTS_CLOCK_FILE;
let shiftMs = 0;

function readShift(): void {
  try {
    shiftMs = Number(readFileSync(file ?? '', 'utf8'));
  } catch {
    shiftMs = 0;
  }
}

const RealDate = Date;
const now = (): number => RealDate.now() + shiftMs;

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, newTarget) => Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
  apply: () => new RealDate(now()).toString(),
  get: (target, name, receiver) => (name === 'now' ? now : Reflect.get(target, name, receiver)),
});

readShift();
process.on('SIGUSR2', readShift);
