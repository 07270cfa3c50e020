import { TEMPLATE_RENDER_MAX_MS } from './template.bounds.js';
import { TemplateFailedError } from './template-failed.error.js';

/** Milliseconds that this thread has worked, which is not what a clock on the wall says. */
export function workedMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

/** Asked between any two parts of a template. Only once the wall's clock says so is it asked how long was worked. */
export function renderTimeLimit(): { check(nowMs: number): void } {
  const beganAt = workedMs();
  let askAt = performance.now() + TEMPLATE_RENDER_MAX_MS;
  return {
    check(nowMs) {
      if (nowMs < askAt) return;
      const leftMs = TEMPLATE_RENDER_MAX_MS - (workedMs() - beganAt);
      if (leftMs <= 0) {
        const message = `The template takes longer than ${TEMPLATE_RENDER_MAX_MS} ms to be filled in.`;
        throw new TemplateFailedError(message, { retryable: true });
      }
      askAt = nowMs + leftMs;
    },
  };
}
