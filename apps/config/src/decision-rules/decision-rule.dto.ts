import type { RuleAuthentication } from '@hookstile/contracts';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
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
import { Optional, OptionalObject, OptionalOrNull } from '../input/optional.js';
import { Line } from '../input/text.js';
import { AuthDto } from '../request-input/auth.dto.js';
import { IsHeaders } from '../request-input/headers-input.js';
import { IsBody, IsJsonValue } from './json-input.js';

const NAME_MAX_LENGTH = 255;
const URL_MAX_LENGTH = 2_048;
const ACTIONS_MAX = 100;
const KEY_MAX_LENGTH = 1_024;
/** A caller waits for the decision all that time. */
const TIMEOUT_MAX_MS = 60_000;
const CACHE_MAX_SECONDS = 86_400;

export class RuleAuthDto extends AuthDto {
  @IsIn(['none', 'basic', 'oauth2'])
  override type: RuleAuthentication['type'];
}

export class ResponseActionDto {
  @IsIn(['allow', 'deny'])
  type: 'allow' | 'deny';

  @Line(1, KEY_MAX_LENGTH)
  key: string;

  @IsJsonValue()
  value: unknown;
}

/** A decision rule as a user gives it; what is absent gets its default. */
export class DecisionRuleDto {
  @Line(1, NAME_MAX_LENGTH)
  name: string;

  @Optional()
  @IsBoolean()
  enabled?: boolean;

  @IsIn(['GET', 'POST'])
  method: 'GET' | 'POST';

  @Length(1, URL_MAX_LENGTH)
  @IsString()
  url: string;

  @Optional()
  @IsHeaders()
  headers?: unknown;

  @OptionalObject(() => RuleAuthDto)
  auth?: RuleAuthDto;

  @OptionalOrNull()
  @IsBody()
  body?: unknown;

  @Optional()
  @IsIn(['json', 'jsonp'])
  verification?: 'json' | 'jsonp';

  @Optional()
  @IsIn(['first', 'all'])
  match?: 'first' | 'all';

  @Optional()
  @Type(() => ResponseActionDto)
  @ValidateNested({ each: true })
  // A nested array would pass for a list of nothing.
  @IsObject({ each: true })
  @ArrayMaxSize(ACTIONS_MAX)
  @IsArray()
  responseActions?: ResponseActionDto[];

  @Optional()
  @IsIn(['deny', 'allow'])
  onError?: 'deny' | 'allow';

  @Optional()
  @IsInt()
  @Min(1)
  @Max(TIMEOUT_MAX_MS)
  timeoutMs?: number;

  @Optional()
  @IsInt()
  @Min(0)
  @Max(CACHE_MAX_SECONDS)
  cacheSeconds?: number;
}
