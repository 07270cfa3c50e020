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
} from 'class-validator';
import { Optional, OptionalObject, OptionalOrNull } from '../input/optional.js';
import { Line } from '../input/text.js';
import { RequestDto } from './request.dto.js';

export const NAME_MAX_LENGTH = 255;
const URL_MAX_LENGTH = 2_048;
const EVENT_TYPES_MAX = 100;
const EVENT_TYPE_MAX_LENGTH = 255;
const DELAYS_MAX = 100;
const DELAY_MAX_MS = 30 * 86_400_000;
const STATUSES_MAX = 100;
const FAILURES_MAX = 1_000_000;
const DISABLE_AFTER_MAX_MS = 10 * 365 * 86_400_000;
const BATCH_ITEMS_MAX = 1_000;
const BATCH_WAIT_MAX_MS = 60_000;
const NOTE_MAX_LENGTH = 500;

/** Members that no release carries out yet are known here all the same, so that each gets a sentence of its own. */
export class OrderingDto {
  @Optional()
  @IsIn(['strict', 'by-key', 'unordered'])
  mode?: 'strict' | 'by-key' | 'unordered';

  @Optional()
  @IsString()
  key?: string;

  @Optional()
  @IsInt()
  @Min(1)
  maxConcurrency?: number;
}

export class BatchDto {
  @Optional()
  @IsInt()
  @Min(1)
  @Max(BATCH_ITEMS_MAX)
  maxItems?: number;

  @Optional()
  @IsInt()
  @Min(0)
  @Max(BATCH_WAIT_MAX_MS)
  maxWaitMs?: number;
}

export class RetryDto {
  @Optional()
  @IsArray()
  @ArrayMaxSize(DELAYS_MAX)
  @IsInt({ each: true })
  @Min(0, { each: true })
  @Max(DELAY_MAX_MS, { each: true })
  delaysMs?: number[];

  @Optional()
  @IsObject()
  exponential?: object;

  @Optional()
  @IsIn(['continue', 'block'])
  onExhausted?: 'continue' | 'block';

  @Optional()
  @IsArray()
  @ArrayMaxSize(STATUSES_MAX)
  @IsInt({ each: true })
  @Min(100, { each: true })
  @Max(599, { each: true })
  stopOn?: number[];

  @Optional()
  @IsArray()
  @ArrayMaxSize(STATUSES_MAX)
  @IsInt({ each: true })
  @Min(100, { each: true })
  @Max(599, { each: true })
  disableOn?: number[];

  @Optional()
  @IsInt()
  @Min(0)
  @Max(DELAY_MAX_MS)
  retryAfterMaxMs?: number;
}

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
  @IsArray()
  filter?: unknown[];

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

  @OptionalOrNull()
  @IsObject()
  rateLimit?: object | null;

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
