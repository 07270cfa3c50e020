import type { DeliveryEnvelope } from '@hookstile/contracts';
import { type SourcedValue, sourcedValueOf } from './sourced-value.js';

/** What a template is filled in with. */
export interface TemplateInput {
  envelope: DeliveryEnvelope;
  /** The event's data, JSON. */
  data: Buffer;
  integration: { id: string; name: string };
}

interface EventNames {
  id: string;
  source: string;
  type: string;
  /** The part of the type behind its last dot. */
  typeSuffix: string;
  subject: string | null;
  /** As the producer gave it. */
  time: string | null;
  acceptedAt: string;
  /** Of the time, else of the acceptance; Unix. */
  timeMs: number;
  timeSeconds: number;
  extensions: object;
}

/** The names that stand in a template. */
export interface TemplateNames {
  event: EventNames;
  data: SourcedValue;
  delivery: { id: string };
  integration: { id: string; name: string };
}

/** Of the names that are the same for every event, what stands in each; `data` is the event's own. */
export const KNOWN_NAMES: Readonly<Record<keyof TemplateNames, readonly string[] | null>> = {
  event: [
    'id',
    'source',
    'type',
    'typeSuffix',
    'subject',
    'time',
    'acceptedAt',
    'timeMs',
    'timeSeconds',
    'extensions',
  ] satisfies (keyof EventNames)[],
  data: null,
  delivery: ['id'],
  integration: ['id', 'name'],
};

function timeMsOf({ time, acceptedAt }: DeliveryEnvelope['event']): number {
  const timeMs = time === null ? Number.NaN : Date.parse(time);
  // A leap second is a time that JavaScript has no number for.
  return Number.isNaN(timeMs) ? Date.parse(acceptedAt) : timeMs;
}

export function templateNamesOf({ envelope, data, integration }: TemplateInput): TemplateNames {
  const { id, source, type, subject, time, acceptedAt, extensions } = envelope.event;
  const timeMs = timeMsOf(envelope.event);
  return {
    event: {
      id,
      source,
      type,
      typeSuffix: type.slice(type.lastIndexOf('.') + 1),
      subject,
      time,
      acceptedAt,
      timeMs,
      timeSeconds: Math.floor(timeMs / 1_000),
      extensions,
    },
    data: sourcedValueOf(data),
    delivery: { id: envelope.deliveryId },
    integration,
  };
}
