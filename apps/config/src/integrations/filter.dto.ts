import type { Condition } from '@hookstile/contracts';
import { IsIn } from 'class-validator';
import { IsJsonWithin } from '../input/storable-json.js';
import { Line } from '../input/text.js';

const POINTER_MAX_LENGTH = 255;
const VALUE_MAX_BYTES = 64 * 1024;

const OPS: readonly Condition['op'][] = [
  'eq',
  'ne',
  'in',
  'not_in',
  'contains',
  'exists',
  'prefix',
  'gt',
  'gte',
  'lt',
  'lte',
];

/** Which values an op takes is checked where the settings are made. */
export class ConditionDto {
  @Line(1, POINTER_MAX_LENGTH)
  pointer: string;

  @IsIn(OPS)
  op: Condition['op'];

  @IsJsonWithin(VALUE_MAX_BYTES)
  value: unknown;
}
