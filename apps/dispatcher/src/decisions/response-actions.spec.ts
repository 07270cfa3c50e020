import type { ResponseAction } from '@hookstile/contracts';
import { describe, expect, test } from 'vitest';
import { parseJsonKeepingNumbers } from './json-number.js';
import { applyActions, holds } from './response-actions.js';

const allow = (key: string, value: unknown): ResponseAction => ({ type: 'allow', key, value });
const deny = (key: string, value: unknown): ResponseAction => ({ type: 'deny', key, value });
const outcome = (match: 'first' | 'all', responseActions: ResponseAction[], document: unknown) =>
  applyActions({ match, responseActions }, document);

describe('an action', () => {
  test.each([
    ['status', '"ok"', '{"status":"ok"}'],
    ['a.b.c', '1', '{"a":{"b":{"c":1}}}'],
    ['items.1.id', '"b"', '{"items":[{"id":"a"},{"id":"b"}]}'],
    ['items.id', '"b"', '{"items":[{"id":"a"},{"id":"b"}]}'],
    ['/a~1b/m~0n', 'true', '{"a/b":{"m~n":true}}'],
    ['/a.b', '1', '{"a.b":1}'],
    ['/items/0', '"a"', '{"items":["a"]}'],
    ['', '{"a":1}', '{"a":1}'],
    ['ok', '"true"', '{"ok":true}'],
    ['n', '"1.0"', '{"n":1.0}'],
    ['n', '"1"', '{"n":1.0}'],
    ['n', '1', '{"n":1.0}'],
    ['n', '"12345678901234567890"', '{"n":12345678901234567890}'],
    ['n', '"100"', '{"n":1e2}'],
    ['n', '"-0.5"', '{"n":-0.50}'],
    ['n', '"0"', '{"n":0.0}'],
    ['n', '"1e+21"', '{"n":1000000000000000000000}'],
    ['groups', '"b"', '{"groups":["a","b"]}'],
    ['groups', '"2"', '{"groups":[1,2]}'],
    ['groups', '["a","b"]', '{"groups":["a","b"]}'],
    ['o', '{"x":[1,null],"y":"z"}', '{"o":{"y":"z","x":[1.0,null]}}'],
    ['v', 'null', '{"v":null}'],
    ['__proto__', '1', '{"__proto__":1}'],
  ])('holds where %s is %s: %s', (key, value, document) => {
    expect(holds(allow(key, JSON.parse(value)), parseJsonKeepingNumbers(document))).toBe(true);
  });

  test.each([
    ['status', '"ok"', '{"status":"OK"}'],
    ['status', '"ok"', '{"state":"ok"}'],
    ['status', '"ok"', '"ok"'],
    ['a.b', '1', '{"a.b":1}'],
    ['a', '1', '{"a":"1"}'],
    ['a', 'true', '{"a":"true"}'],
    ['a', 'null', '{}'],
    ['a', '"null"', '{"a":null}'],
    ['a', '"undefined"', '{}'],
    ['a', '{}', '{"a":{"b":1}}'],
    ['a', '["x"]', '{"a":["x","y"]}'],
    ['a', '"x"', '{"a":[["x"]]}'],
    ['toString', '"x"', '{}'],
    ['constructor.name', '"Object"', '{}'],
    ['__proto__', '{}', '{}'],
    ['a.length', '2', '{"a":[1,2]}'],
    ['a.01', '2', '{"a":[1,2]}'],
    ['/a/-', '2', '{"a":[1,2]}'],
    ['n', '"12345678901234567891"', '{"n":12345678901234567890}'],
    ['n', '"9007199254740992"', '{"n":9007199254740993}'],
    ['n', '"0.1"', '{"n":0.1000000000000000001}'],
    ['n', '"0"', '{"n":1e-999}'],
  ])('does not hold where %s is to be %s: %s', (key, value, document) => {
    expect(holds(allow(key, JSON.parse(value)), parseJsonKeepingNumbers(document))).toBe(false);
  });
});

describe('first', () => {
  const actions = [deny('risk', 'high'), allow('status', 'ok'), deny('status', 'ok')];

  test('lets the first action that matches decide', () => {
    expect(outcome('first', actions, { status: 'ok', risk: 'high' })).toEqual({ decision: 'denied', matched: 0 });
    expect(outcome('first', actions, { status: 'ok', risk: 'low' })).toEqual({ decision: 'granted', matched: 1 });
  });

  test('denies where none matches, and where there is none', () => {
    expect(outcome('first', actions, { status: 'bad' })).toEqual({ decision: 'denied', matched: null });
    expect(outcome('first', [deny('status', 'ok')], { status: 'bad' })).toEqual({ decision: 'denied', matched: null });
    expect(outcome('first', [], { status: 'ok' })).toEqual({ decision: 'denied', matched: null });
  });
});

describe('all', () => {
  const actions = [allow('status', 'ok'), allow('patched', true), deny('risk', 'high')];

  test('grants where every allow holds and no deny does', () => {
    expect(outcome('all', actions, { status: 'ok', patched: true })).toEqual({ decision: 'granted', matched: 0 });
  });

  test('denies where a deny holds, whatever stands before it', () => {
    expect(outcome('all', actions, { status: 'ok', patched: true, risk: 'high' })).toEqual({
      decision: 'denied',
      matched: 2,
    });
  });

  test('denies where one allow does not hold', () => {
    expect(outcome('all', actions, { status: 'ok' })).toEqual({ decision: 'denied', matched: null });
  });

  test('denies without an allow', () => {
    expect(outcome('all', [deny('risk', 'high')], {})).toEqual({ decision: 'denied', matched: null });
    expect(outcome('all', [], {})).toEqual({ decision: 'denied', matched: null });
  });
});
