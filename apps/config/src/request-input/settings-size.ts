import type { InputErrors } from '../input/input-errors.js';

/**
 * Of settings as JSON, their secrets sealed. A domain event holds them twice, as they were and as they are, and must fit
 * into a Kafka record of 1 MiB: one that does not would hold up every later change.
 */
export const SETTINGS_MAX_BYTES = 384 * 1024;

/** Patches can put together what no single request could hold. */
export function checkSettingsSize(settings: object, article: string, errors: InputErrors): void {
  if (Buffer.byteLength(JSON.stringify(settings)) <= SETTINGS_MAX_BYTES) return;
  errors.add('', 'max_size', `${article} takes at most ${SETTINGS_MAX_BYTES} bytes, its secrets sealed.`);
}
