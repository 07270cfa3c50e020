import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsBoolean, IsObject, ValidateNested } from 'class-validator';
import { Optional } from '../input/optional.js';
import { IntegrationDto } from '../integrations/integration.dto.js';
import { APPLY_ITEMS_MAX } from './apply.bounds.js';

export class ApplyDto {
  @Type(() => IntegrationDto)
  @ValidateNested({ each: true })
  @IsObject({ each: true })
  @ArrayMaxSize(APPLY_ITEMS_MAX)
  @IsArray()
  items: IntegrationDto[];

  @Optional()
  @IsBoolean()
  dryRun?: boolean;
}
