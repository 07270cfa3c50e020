import { pointerTo } from '@hookstile/contracts';
import type { InputErrors } from '../input/input-errors.js';

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused.
const EVENT_TYPE = /^(\*|[^*\s\u0000-\u001f\u007f]+\.\*|[^*\s\u0000-\u001f\u007f]+)$/;

export function checkEventTypes(eventTypes: readonly string[], errors: InputErrors): void {
  for (const [index, eventType] of eventTypes.entries()) {
    if (EVENT_TYPE.test(eventType)) continue;
    const detail = 'an event type is exact, or a prefix that ends in ".*", or "*".';
    errors.add(pointerTo('/eventTypes', index), 'event_type', detail);
  }
}
