import { describe, expect, it } from 'vitest';
import { until } from './until.js';

describe('until', () => {
  it('resolves with the first truthy value', async () => {
    let calls = 0;
    const value = await until(
      () => {
        calls += 1;
        return calls >= 3 ? calls : null;
      },
      { intervalMs: 1 },
    );
    expect(value).toBe(3);
  });

  it('names what it waited for and the last error once time is up', async () => {
    const failing = until(
      () => {
        throw new Error('not yet');
      },
      { timeoutMs: 5, intervalMs: 1, what: 'the answer' },
    );
    await expect(failing).rejects.toMatchObject({
      message: 'the answer did not hold within 5 ms',
      cause: { message: 'not yet' },
    });
  });
});
