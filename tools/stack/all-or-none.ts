/** Waits for all; when one fails, tells the others to stop, waits until they have, and throws the first failure. */
export async function allOrNone<T extends readonly unknown[]>(
  work: readonly [...{ [K in keyof T]: Promise<T[K]> }],
  onFailure: () => void,
): Promise<T> {
  try {
    return (await Promise.all(work)) as unknown as T;
  } catch (error) {
    onFailure();
    await Promise.allSettled(work);
    throw error;
  }
}
