import { type EventAttributes, isReservedType, OPERATIONAL_SOURCE, RESERVED_TYPE_PREFIX } from '@hookstile/contracts';
import { invalid, type Rejection, rejection } from './rejection.js';

/**
 * What Hookstile tells of itself nobody else may tell, nor claim the id of. On Kafka, where config writes, the source
 * says whose an event is: who may write there is the platform.
 * @param isKafka whether the event came from there
 */
export function reservationError({ type, source }: EventAttributes, isKafka: boolean): Rejection | null {
  const isOurs = source === OPERATIONAL_SOURCE;
  if (isReservedType(type) && !(isOurs && isKafka)) {
    const detail = `Types that begin with "${RESERVED_TYPE_PREFIX}" are kept for what Hookstile itself tells.`;
    return rejection('reserved_type', detail, [{ pointer: '/type', code: 'reserved_type', detail }]);
  }
  if (!isOurs || isKafka) return null;
  return invalid([{ pointer: '/source', code: 'reserved', detail: `The source "${source}" is Hookstile's own.` }]);
}
