import type { Plan } from '@hookstile/contracts';
import { IsIn, IsString, Matches } from 'class-validator';
import { Optional } from '../input/optional.js';
import { Line } from '../input/text.js';

const NAME_MAX_LENGTH = 255;
const PLANS: readonly Plan[] = ['standard', 'enterprise'];

export class CreateTenantDto {
  @Optional()
  @Matches(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, { message: 'id must be 1 to 64 letters, digits, "-" or "_"' })
  @IsString()
  id?: string;

  @Line(1, NAME_MAX_LENGTH)
  name: string;

  @IsIn(PLANS)
  plan: Plan;
}

/** A tenant's document as a patch leaves it. */
export class TenantDto {
  @Line(1, NAME_MAX_LENGTH)
  name: string;

  @IsIn(PLANS)
  plan: Plan;
}
