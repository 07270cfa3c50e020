import { IsArray, IsBoolean, IsIn, IsInt, IsObject, IsString, Max, Min } from 'class-validator';
import { Optional, OptionalObject, OptionalOrNull } from '../input/optional.js';
import { AuthDto } from '../request-input/auth.dto.js';
import { IsHeaders } from '../request-input/headers-input.js';
import { IsSecret } from '../request-input/secret-input.js';

const TIMEOUT_MAX_MS = 300_000;

export class BodyDto {
  @Optional()
  @IsIn(['standard', 'cloudevents', 'data', 'template'])
  format?: 'standard' | 'cloudevents' | 'data' | 'template';

  @Optional()
  @IsString()
  template?: string;

  @Optional()
  @IsObject()
  rename?: object;

  @Optional()
  @IsArray()
  omit?: unknown[];
}

export class SignDto {
  @Optional()
  @IsIn(['none', 'standard-webhooks'])
  scheme?: 'none' | 'standard-webhooks';

  @Optional()
  @IsIn(['hmac-sha256', 'ed25519'])
  algorithm?: 'hmac-sha256' | 'ed25519';

  @OptionalOrNull()
  @IsSecret()
  secret?: unknown;
}

export class TlsDto {
  @Optional()
  @IsBoolean()
  verify?: boolean;

  @Optional()
  @IsString()
  ca?: string;

  @Optional()
  @IsString()
  clientCertificate?: string;

  @Optional()
  @IsString()
  clientKey?: string;
}

export class RequestDto {
  @Optional()
  @IsIn(['POST', 'PUT', 'PATCH'])
  method?: 'POST' | 'PUT' | 'PATCH';

  @Optional()
  @IsHeaders()
  headers?: unknown;

  @OptionalObject(() => AuthDto)
  auth?: AuthDto;

  @OptionalObject(() => BodyDto)
  body?: BodyDto;

  @OptionalObject(() => SignDto)
  sign?: SignDto;

  @Optional()
  @IsInt()
  @Min(1)
  @Max(TIMEOUT_MAX_MS)
  timeoutMs?: number;

  @OptionalObject(() => TlsDto)
  tls?: TlsDto;
}
