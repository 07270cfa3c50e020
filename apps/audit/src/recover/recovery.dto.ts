import { IsBoolean, IsIn, IsInt, Length, Max, Min, ValidateBy, ValidateIf } from 'class-validator';
import { instant } from '../read/filters.js';
import { RATE_MAX_PER_SECOND } from './recovery.bounds.js';
import { SELECTED_STATUSES, type SelectedStatus } from './recovery.types.js';

const ID_MAX_LENGTH = 100;

/** The member may be absent; null is not absent. */
const Optional = () => ValidateIf((_object, value) => value !== undefined);

const IsTime = () =>
  ValidateBy({
    name: 'isTime',
    validator: {
      validate: (value) => typeof value === 'string' && instant(value) !== undefined,
      defaultMessage: () => '$property must be an RFC 3339 time with a zone',
    },
  });

/** Which deliveries are to be sent once more, and how fast; what is absent gets its default. */
export class RecoveryDto {
  @Length(1, ID_MAX_LENGTH)
  integrationId: string;

  @IsTime()
  since: string;

  @Optional()
  @IsTime()
  until?: string;

  @Optional()
  @IsIn(SELECTED_STATUSES)
  status?: SelectedStatus;

  @Optional()
  @IsBoolean()
  dryRun?: boolean;

  @Optional()
  @Max(RATE_MAX_PER_SECOND)
  @Min(1)
  @IsInt()
  ratePerSecond?: number;
}
