import { Type } from 'class-transformer';
import {
  IsArray,
  IsInt,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
  Validate,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { describe, expect, it } from 'vitest';
import { InputSchemas } from './input-schemas.ts';

type Decorator = (target: object, member: string) => void;

/** Decorators as functions: programs here are run without a compiler that knows them. */
function checked(target: new () => object, member: string, ...decorators: Decorator[]): void {
  for (const decorate of decorators) decorate(target.prototype as object, member);
}

class PlaceDto {}
checked(PlaceDto, 'city', IsString());

class PersonDto {}
checked(PersonDto, 'name', IsString(), MaxLength(10));
checked(PersonDto, 'nick', IsOptional(), IsString());
checked(
  PersonDto,
  'note',
  ValidateIf((_object, value) => value !== null),
  IsString(),
);
checked(
  PersonDto,
  'home',
  ValidateNested(),
  Type(() => PlaceDto),
);

class TownDto {}
checked(TownDto, 'names', IsArray(), IsString({ each: true }));
checked(
  TownDto,
  'places',
  IsArray(),
  ValidateNested({ each: true }),
  Type(() => PlaceDto),
);

class ScoresDto {}
checked(ScoresDto, 'all', IsArray(), IsInt({ each: true }), Min(1, { each: true }), Max(9, { each: true }));

class OddDto {}
checked(
  OddDto,
  'name',
  Validate(
    class Odd {
      validate() {
        return true;
      }
    },
  ),
);

describe('schemas of input classes', () => {
  it('have what the decorators check, and nothing besides', () => {
    const inputs = new InputSchemas();
    expect(inputs.ref(PersonDto, false)).toEqual({ $ref: '#/components/schemas/PersonInput' });
    const { PersonInput, PlaceInput } = inputs.schemas;
    expect(PersonInput).toMatchObject({
      type: 'object',
      additionalProperties: false,
      properties: { name: { type: 'string', maxLength: 10 }, home: { $ref: '#/components/schemas/PlaceInput' } },
    });
    expect(PersonInput?.required).toEqual(expect.arrayContaining(['name', 'home']));
    expect(PersonInput?.required).not.toContain('nick');
    expect(PlaceInput).toMatchObject({ properties: { city: { type: 'string' } }, required: ['city'] });
  });

  it('take null where a check leaves null out', () => {
    const inputs = new InputSchemas();
    inputs.ref(PersonDto, false);
    const { properties } = inputs.schemas.PersonInput ?? {};
    expect(properties).toMatchObject({
      note: { anyOf: [{ type: 'string' }, { type: 'null' }] },
      name: { type: 'string' },
    });
  });

  it('of patches need no member, and take null of each, at any depth', () => {
    const inputs = new InputSchemas();
    expect(inputs.ref(PersonDto, true)).toEqual({ $ref: '#/components/schemas/PersonPatch' });
    const { PersonPatch, PlacePatch } = inputs.schemas;
    expect(PersonPatch).not.toHaveProperty('required');
    expect(PersonPatch).toMatchObject({
      properties: { home: { anyOf: [{ $ref: '#/components/schemas/PlacePatch' }, { type: 'null' }] } },
    });
    expect(PlacePatch).toMatchObject({ properties: { city: { anyOf: [{ type: 'string' }, { type: 'null' }] } } });
  });

  it('of patches hold whole arrays', () => {
    const inputs = new InputSchemas();
    inputs.ref(TownDto, true);
    const orNull = (items: object) => ({ anyOf: [{ type: 'array', items }, { type: 'null' }] });
    expect(inputs.schemas.TownPatch?.properties).toEqual({
      names: orNull({ type: 'string' }),
      places: orNull({ $ref: '#/components/schemas/PlaceInput' }),
    });
    expect(inputs.schemas.PlaceInput?.required).toEqual(['city']);
    expect(inputs.schemas).not.toHaveProperty('PlacePatch');
  });

  it('are whole numbers where they are checked to be, whatever bounds they have', () => {
    const inputs = new InputSchemas();
    inputs.ref(ScoresDto, false);
    expect(inputs.schemas.ScoresInput?.properties).toEqual({
      all: { type: 'array', items: { type: 'integer', minimum: 1, maximum: 9 } },
    });
  });

  it('are not made of a check that nobody has described', () => {
    expect(() => new InputSchemas().ref(OddDto, false)).toThrow('name');
  });

  it('are not made of two classes with one name', () => {
    const inputs = new InputSchemas();
    const other = { PersonDto: class {} }.PersonDto;
    Object.defineProperty(other, 'name', { value: 'PersonDto' });
    checked(other, 'name', IsString());
    inputs.ref(PersonDto, false);
    expect(() => inputs.ref(other, false)).toThrow('two input classes');
  });
});
