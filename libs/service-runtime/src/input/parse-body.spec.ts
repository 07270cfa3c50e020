import { Type } from 'class-transformer';
import { IsArray, IsInt, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';
import { describe, expect, it } from 'vitest';
import { ProblemError } from '../problems/problem.error.js';
import { parseBody, parseOptionalBody } from './parse-body.js';

class ItemDto {
  @IsInt()
  amount: number;
}

class OrderDto {
  @IsString()
  @MaxLength(5)
  name: string;

  @IsOptional()
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => ItemDto)
  items?: ItemDto[];
}

function errorsOf(body: unknown): unknown {
  try {
    parseBody(OrderDto, body);
  } catch (error) {
    if (error instanceof ProblemError && error.code === 'invalid') return error.errors;
    throw error;
  }
  return [];
}

describe('parseBody', () => {
  it('returns an instance of the DTO', () => {
    const order = parseBody(OrderDto, { name: 'a', items: [{ amount: 1 }] });
    expect(order).toBeInstanceOf(OrderDto);
    expect(order.items?.[0]).toBeInstanceOf(ItemDto);
  });

  it('refuses unknown members, also nested ones, by JSON pointer', () => {
    expect(errorsOf({ name: 'a', 'x/y~z': 1, items: [{ amount: 1, extra: true }] })).toEqual([
      expect.objectContaining({ pointer: '/x~1y~0z', code: 'unknown_member' }),
      expect.objectContaining({ pointer: '/items/0/extra', code: 'unknown_member' }),
    ]);
  });

  it('says which members are missing and which are wrong', () => {
    expect(errorsOf({ items: [{ amount: 'many' }] })).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ pointer: '/name', code: 'required' }),
        expect.objectContaining({ pointer: '/items/0/amount', code: 'is_int' }),
      ]),
    );
  });

  it.each([[null], [[]], ['text'], [1], [undefined], [Buffer.from('{}')]])('refuses %j, which is no object', (body) => {
    expect(errorsOf(body)).toEqual([{ pointer: '', code: 'is_object', detail: 'a JSON object is expected' }]);
  });

  it('takes no body for an empty object where a body is optional, and no null for one', () => {
    class NothingDto {}
    expect(parseOptionalBody(NothingDto, undefined)).toEqual({});
    expect(() => parseOptionalBody(NothingDto, null)).toThrow('a JSON object is expected');
  });

  it('refuses a constructor before anything calls it', () => {
    expect(errorsOf({ name: { constructor: { prototype: {} } } })).toEqual([
      expect.objectContaining({ pointer: '/name/constructor', code: 'unknown_member' }),
    ]);
  });

  it('refuses members that every object inherits instead of dropping them', () => {
    expect(errorsOf({ name: 'a', constructor: 1, items: [{ amount: 1, toString: 2 }] })).toEqual([
      expect.objectContaining({ pointer: '/constructor', code: 'unknown_member' }),
      expect.objectContaining({ pointer: '/items/0/toString', code: 'unknown_member' }),
    ]);
  });
});
