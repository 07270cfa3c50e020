import { IsIn, IsString, Length } from 'class-validator';
import { Optional } from '../input/optional.js';
import { Line } from '../input/text.js';
import { IsSecret } from './secret-input.js';

const USERNAME_MAX_LENGTH = 1_024;
const URL_MAX_LENGTH = 2_048;
const CLIENT_ID_MAX_LENGTH = 1_024;
const SCOPE_MAX_LENGTH = 1_024;
const AUDIENCE_MAX_LENGTH = 2_048;

/** Every member of every type; which belong to the given one is checked where the settings are made. */
export class AuthDto {
  @Optional()
  @IsIn(['none', 'apiKey', 'bearer', 'basic', 'oauth2'])
  type?: 'none' | 'apiKey' | 'bearer' | 'basic' | 'oauth2';

  @Optional()
  @IsString()
  header?: string;

  @Optional()
  @IsSecret()
  value?: unknown;

  @Optional()
  @IsSecret()
  token?: unknown;

  @Optional()
  @Line(0, USERNAME_MAX_LENGTH)
  username?: string;

  @Optional()
  @IsSecret()
  password?: unknown;

  @Optional()
  @Length(0, URL_MAX_LENGTH)
  @IsString()
  tokenUrl?: string;

  @Optional()
  @Line(0, CLIENT_ID_MAX_LENGTH)
  clientId?: string;

  @Optional()
  @IsSecret()
  clientSecret?: unknown;

  @Optional()
  @Line(0, SCOPE_MAX_LENGTH)
  scope?: string;

  @Optional()
  @Line(0, AUDIENCE_MAX_LENGTH)
  audience?: string;
}
