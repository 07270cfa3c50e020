import type { Role } from '@hookstile/contracts';
import { IsIn } from 'class-validator';
import { Line } from '../input/text.js';

const NAME_MAX_LENGTH = 255;
const ROLES: readonly Role[] = ['viewer', 'editor', 'admin', 'producer'];

export class CreateApiKeyDto {
  @Line(1, NAME_MAX_LENGTH)
  name: string;

  @IsIn(ROLES)
  role: Role;
}
