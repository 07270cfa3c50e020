import { PUSH_MAX_ITEMS } from '@hookstile/contracts';
import { applyDecorators } from '@nestjs/common';
import { ArrayMaxSize, IsArray, IsIn, IsInt, IsNumber, Max, Min } from 'class-validator';
import { Optional, OptionalObject } from '../input/optional.js';
import { Line } from '../input/text.js';

const KEY_MAX_LENGTH = 255;
const CONCURRENCY_MAX = 64;
const BATCH_WAIT_MAX_MS = 60_000;
const DELAYS_MAX = 100;
const ATTEMPTS_MAX = DELAYS_MAX + 1;
const DELAY_MAX_MS = 30 * 86_400_000;
const FACTOR_MAX = 100;
const STATUSES_MAX = 100;
const RATE_MAX_PER_SECOND = 10_000;

/** Which members belong to a mode is checked where the settings are made. */
export class OrderingDto {
  @Optional()
  @IsIn(['strict', 'by-key', 'unordered'])
  mode?: 'strict' | 'by-key' | 'unordered';

  @Optional()
  @Line(1, KEY_MAX_LENGTH)
  key?: string;

  @Optional()
  @IsInt()
  @Min(1)
  @Max(CONCURRENCY_MAX)
  maxConcurrency?: number;
}

export class BatchDto {
  @Optional()
  @IsInt()
  @Min(1)
  @Max(PUSH_MAX_ITEMS)
  maxItems?: number;

  @Optional()
  @IsInt()
  @Min(0)
  @Max(BATCH_WAIT_MAX_MS)
  maxWaitMs?: number;
}

export class ExponentialDto {
  @IsInt()
  @Min(1)
  @Max(DELAY_MAX_MS)
  firstMs: number;

  @Optional()
  @IsNumber({ allowNaN: false, allowInfinity: false })
  @Min(1)
  @Max(FACTOR_MAX)
  factor?: number;

  @Optional()
  @IsInt()
  @Min(1)
  @Max(DELAY_MAX_MS)
  maxMs?: number;

  @Optional()
  @IsInt()
  @Min(1)
  @Max(ATTEMPTS_MAX)
  attempts?: number;

  @Optional()
  @IsNumber({ allowNaN: false, allowInfinity: false })
  @Min(0)
  @Max(1)
  jitter?: number;
}

/** HTTP statuses, or absent. */
function OptionalStatuses(): PropertyDecorator {
  return applyDecorators(
    Optional(),
    IsArray(),
    ArrayMaxSize(STATUSES_MAX),
    IsInt({ each: true }),
    Min(100, { each: true }),
    Max(599, { each: true }),
  );
}

export class RetryDto {
  @Optional()
  @IsArray()
  @ArrayMaxSize(DELAYS_MAX)
  @IsInt({ each: true })
  @Min(0, { each: true })
  @Max(DELAY_MAX_MS, { each: true })
  delaysMs?: number[];

  @OptionalObject(() => ExponentialDto)
  exponential?: ExponentialDto;

  @Optional()
  @IsIn(['continue', 'block'])
  onExhausted?: 'continue' | 'block';

  @OptionalStatuses()
  stopOn?: number[];

  @OptionalStatuses()
  disableOn?: number[];

  @Optional()
  @IsInt()
  @Min(0)
  @Max(DELAY_MAX_MS)
  retryAfterMaxMs?: number;
}

export class RateLimitDto {
  @IsInt()
  @Min(1)
  @Max(RATE_MAX_PER_SECOND)
  perSecond: number;
}
