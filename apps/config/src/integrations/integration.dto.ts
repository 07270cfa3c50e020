import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsString,
  Length,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { Optional, OptionalObject, OptionalObjectOrNull, OptionalOrNull } from '../input/optional.js';
import { Line } from '../input/text.js';
import { ConditionDto } from './filter.dto.js';
import { RequestDto } from './request.dto.js';
import { BatchDto, OrderingDto, RateLimitDto, RetryDto } from './sending.dto.js';

export const NAME_MAX_LENGTH = 255;
const URL_MAX_LENGTH = 2_048;
const EVENT_TYPES_MAX = 100;
const EVENT_TYPE_MAX_LENGTH = 255;
const CONDITIONS_MAX = 20;
const FAILURES_MAX = 1_000_000;
const DISABLE_AFTER_MAX_MS = 10 * 365 * 86_400_000;
const NOTE_MAX_LENGTH = 500;
const OVERLAP_MAX_SECONDS = 30 * 86_400;

/** An integration as a user gives it; what is absent gets its default. */
export class IntegrationDto {
  @Line(1, NAME_MAX_LENGTH)
  name: string;

  @Optional()
  @IsString()
  profile?: string;

  @Length(1, URL_MAX_LENGTH)
  @IsString()
  url: string;

  @Optional()
  @IsBoolean()
  enabled?: boolean;

  @Optional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(EVENT_TYPES_MAX)
  @IsString({ each: true })
  @Length(1, EVENT_TYPE_MAX_LENGTH, { each: true })
  eventTypes?: string[];

  @Optional()
  @Type(() => ConditionDto)
  @ValidateNested({ each: true })
  // A nested array would pass for a list of nothing.
  @IsObject({ each: true })
  @ArrayMaxSize(CONDITIONS_MAX)
  @IsArray()
  filter?: ConditionDto[];

  @OptionalObject(() => RequestDto)
  request?: RequestDto;

  @OptionalObject(() => OrderingDto)
  ordering?: OrderingDto;

  @OptionalObject(() => BatchDto)
  batch?: BatchDto;

  @OptionalObject(() => RetryDto)
  retry?: RetryDto;

  @OptionalOrNull()
  @IsInt()
  @Min(1)
  @Max(FAILURES_MAX)
  disableAfter?: number | null;

  @OptionalOrNull()
  @IsInt()
  @Min(1)
  @Max(DISABLE_AFTER_MAX_MS)
  disableAfterMs?: number | null;

  @OptionalObjectOrNull(() => RateLimitDto)
  rateLimit?: RateLimitDto | null;

  @Optional()
  @IsIn(['full', 'none'])
  logPayloads?: 'full' | 'none';
}

export class EnableDto {
  @Optional()
  @IsIn(['deliver', 'discard'])
  backlog?: 'deliver' | 'discard';
}

export class DisableDto {
  @Optional()
  @Line(0, NOTE_MAX_LENGTH)
  reason?: string;
}

export class RotateSecretDto {
  /** How long the secret before signs as well. */
  @Optional()
  @IsInt()
  @Min(0)
  @Max(OVERLAP_MAX_SECONDS)
  overlapSeconds?: number;
}
