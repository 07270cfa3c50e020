import { applyDecorators } from '@nestjs/common';
import { Type } from 'class-transformer';
import { IsObject, ValidateIf, ValidateNested } from 'class-validator';

/** The member may be absent; null is not absent, and is refused unless the member's own checks take it. */
export function Optional(): PropertyDecorator {
  return ValidateIf((_object, value) => value !== undefined);
}

/** The member may be absent, or null where that means something. */
export function OptionalOrNull(): PropertyDecorator {
  return ValidateIf((_object, value) => value !== undefined && value !== null);
}

/** The member may be absent, or null where that means something; else it is an object that its own class checks. */
export function OptionalObjectOrNull(type: () => new () => object): PropertyDecorator {
  return applyDecorators(Type(type), ValidateNested(), IsObject(), OptionalOrNull());
}

/** The member may be absent; else it is an object that its own class checks. */
export function OptionalObject(type: () => new () => object): PropertyDecorator {
  return applyDecorators(Type(type), ValidateNested(), IsObject(), Optional());
}
