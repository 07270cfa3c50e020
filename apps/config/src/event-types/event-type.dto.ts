import { IsObject, IsString, MaxLength } from 'class-validator';
import { OptionalOrNull } from '../input/optional.js';
import { IsJsonWithin } from '../input/storable-json.js';
import { Storable } from '../input/text.js';

export const DESCRIPTION_MAX_LENGTH = 4_096;
/** As JSON text. Every service that reads `configuration` keeps both in memory, for each type of each tenant. */
export const SCHEMA_MAX_BYTES = 32 * 1024;
export const EXAMPLE_MAX_BYTES = 32 * 1024;

/** An event type as a user gives it. */
export class EventTypeDto {
  @MaxLength(DESCRIPTION_MAX_LENGTH)
  @Storable()
  @IsString()
  description: string;

  @OptionalOrNull()
  @IsJsonWithin(SCHEMA_MAX_BYTES)
  @IsObject()
  schema?: unknown;

  @OptionalOrNull()
  @IsJsonWithin(EXAMPLE_MAX_BYTES)
  example?: unknown;
}
