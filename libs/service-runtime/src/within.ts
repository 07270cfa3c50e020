/**
 * The answer, or a rejection with `late` where it does not come in time; what was asked goes on all the same. An answer
 * that came while the process itself stood still is read before it counts as late.
 */
export async function within<T>(answer: Promise<T>, timeoutMs: number, late: () => Error): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  // Node looks at its timers first, then at what has come, and then carries out what is for now.
  const timer = setTimeout(() => setImmediate(() => reject(late())), timeoutMs);
  try {
    return await Promise.race([answer, promise]);
  } finally {
    clearTimeout(timer);
  }
}
