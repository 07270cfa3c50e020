import { RESHAPING_MAX_CHANGES, TEMPLATE_MAX_CHARACTERS } from '@hookstile/templates';
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
  MaxLength,
  Min,
} from 'class-validator';
import { Optional, OptionalObject, OptionalOrNull } from '../input/optional.js';
import { Storable } from '../input/text.js';
import { AuthDto } from '../request-input/auth.dto.js';
import { IsHeaders } from '../request-input/headers-input.js';
import { IsSecret } from '../request-input/secret-input.js';

const TIMEOUT_MAX_MS = 300_000;
/** Of a member's name, or a JSON pointer to it. */
export const MEMBER_MAX_LENGTH = 1_024;
/** Of PEM texts; the authorities of a large company fit. */
const CERTIFICATES_MAX_LENGTH = 65_536;
/** An RSA key of 16,384 bits fits. */
const PRIVATE_KEY_MAX_LENGTH = 16_384;
const PUBLIC_KEY_MAX_LENGTH = 255;

const NO_GET = 'request.method is POST, PUT or PATCH: a GET carries no event';

/** Every member of every format; which belong to the given one is checked where the settings are made. */
export class BodyDto {
  @Optional()
  @IsIn(['standard', 'cloudevents', 'data', 'template'])
  format?: 'standard' | 'cloudevents' | 'data' | 'template';

  @Optional()
  @Storable()
  @Length(1, TEMPLATE_MAX_CHARACTERS)
  @IsString()
  template?: string;

  @Optional()
  @IsIn(['none', 'array'])
  wrap?: 'none' | 'array';

  @Optional()
  @IsObject()
  rename?: object;

  @Optional()
  @IsArray()
  @ArrayMaxSize(RESHAPING_MAX_CHANGES)
  @Storable({ each: true })
  @IsString({ each: true })
  @Length(1, MEMBER_MAX_LENGTH, { each: true })
  omit?: string[];
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

  /** Only read back; taken so that what was read can be sent again. */
  @Optional()
  @MaxLength(PUBLIC_KEY_MAX_LENGTH)
  @IsString()
  publicKey?: string;

  /** Only read back, like the public key; null ends what a rotation left. */
  @OptionalOrNull()
  @IsObject()
  previous?: object | null;
}

export class TlsDto {
  @Optional()
  @IsBoolean()
  verify?: boolean;

  @Optional()
  @Storable()
  @MaxLength(CERTIFICATES_MAX_LENGTH)
  @IsString()
  ca?: string;

  @Optional()
  @Storable()
  @MaxLength(CERTIFICATES_MAX_LENGTH)
  @IsString()
  clientCertificate?: string;

  @Optional()
  @IsSecret(PRIVATE_KEY_MAX_LENGTH)
  clientKey?: unknown;
}

export class RequestDto {
  @Optional()
  @IsIn(['POST', 'PUT', 'PATCH'], { message: NO_GET })
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
