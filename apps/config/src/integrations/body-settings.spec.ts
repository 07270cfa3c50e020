import { describe, expect, it } from 'vitest';
import { InputErrors } from '../input/input-errors.js';
import { bodyDocument, bodySettings } from './body-settings.js';

type Given = Parameters<typeof bodySettings>[0];

const pointersOf = (given: Given): string[] => {
  const errors = new InputErrors();
  bodySettings(given, errors);
  return errors.list.map(({ pointer }) => pointer);
};

const made = (given: Given) => {
  const errors = new InputErrors();
  const body = bodySettings(given, errors);
  errors.throwIfAny();
  return body;
};

describe('a body', () => {
  it.each(['standard', 'cloudevents', 'data'] as const)('in the format %s is renamed and left out of', (format) => {
    const shape = { rename: { srcip: 'source_ip', '/metrics/bits': 'b' }, omit: ['beta', '/metrics/a~1b'] };
    expect(made({ format, ...shape })).toEqual({ format, ...shape });
  });

  it('stores no rename and no omit where there is nothing to do, and reads both back', () => {
    expect(made({ format: 'data', rename: {}, omit: [] })).toEqual({ format: 'data' });
    expect(bodyDocument({ format: 'data' })).toEqual({ format: 'data', rename: {}, omit: [] });
  });

  it('made by a template may always be an array, and reads back whether it is', () => {
    const template = '{"id":{{ event.id }}}';
    expect(made({ format: 'template', template, wrap: 'array' })).toEqual({
      format: 'template',
      template,
      wrap: 'array',
    });
    const plain = made({ format: 'template', template, wrap: 'none' });
    expect(plain).toEqual({ format: 'template', template });
    expect(bodyDocument(plain)).toEqual({ format: 'template', template, wrap: 'none' });
  });

  it('needs a template where that is its format, and has none elsewhere', () => {
    expect(pointersOf({ format: 'template' })).toEqual(['/request/body/template']);
    expect(pointersOf({ format: 'data', template: 'x', wrap: 'array' })).toEqual([
      '/request/body/template',
      '/request/body/wrap',
    ]);
  });

  it('is made by a template that can be read, or refused with the place where it cannot', () => {
    const errors = new InputErrors();
    bodySettings({ format: 'template', template: '{"a":\n{{ event.nobody }}}' }, errors);
    expect(errors.list).toMatchObject([
      { pointer: '/request/body/template', code: 'template', detail: expect.stringMatching(/^line 2, column \d+: /) },
    ]);
  });

  it('made by a template is not renamed: the template says by itself what stands in it', () => {
    expect(pointersOf({ format: 'template', template: '{}', rename: { a: 'b' }, omit: ['c'] })).toEqual([
      '/request/body/rename',
      '/request/body/omit',
    ]);
  });

  it('names members by their name or by a JSON pointer', () => {
    expect(pointersOf({ format: 'data', omit: ['a', '/a~1', 'a~2'] })).toEqual([]);
    expect(pointersOf({ format: 'data', omit: ['a', '/a~2'] })).toEqual(['/request/body/omit']);
    expect(pointersOf({ format: 'data', rename: { '/a~': 'b' } })).toEqual(['/request/body/rename']);
  });

  it.each([['', 7, null, 'x'.repeat(1_025)]])('calls no member %j', (name) => {
    expect(pointersOf({ format: 'data', rename: { a: name } as Record<string, string> })).toEqual([
      '/request/body/rename/a',
    ]);
  });

  it('does not call two members of one object the same', () => {
    expect(pointersOf({ format: 'data', rename: { a: 'x', '/b': 'x' } })).toEqual(['/request/body/rename/~1b']);
    expect(pointersOf({ format: 'data', rename: { '/a/b': 'x', '/c/b': 'x' } })).toEqual([]);
  });

  it('does not rename what it leaves out, by whichever name', () => {
    expect(pointersOf({ format: 'data', rename: { a: 'b' }, omit: ['/a'] })).toEqual(['/request/body/omit']);
  });

  it('renames and leaves out at most 200 members', () => {
    const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`a${n}`, `b${n}`]));
    expect(pointersOf({ format: 'data', rename: many(200) })).toEqual([]);
    expect(pointersOf({ format: 'data', rename: many(201) })).toEqual(['/request/body/rename']);
    expect(pointersOf({ format: 'data', rename: many(100), omit: Array(101).fill('x') })).toEqual([
      '/request/body/omit',
    ]);
  });
});
