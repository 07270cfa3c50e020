import { type BodyShape, pointerTo } from '@hookstile/contracts';
import { reshapingProblem } from '@hookstile/templates';
import { type Static, Type } from 'typebox';
import type { InputErrors } from '../input/input-errors.js';
import { isStorableText } from '../input/text.js';
import { type BodyDto, MEMBER_MAX_LENGTH } from './request.dto.js';
import { checkBodyTemplate } from './template-checks.js';

const POINTER = '/request/body';

const MEMBERS: Readonly<Record<BodyShape['format'], readonly string[]>> = {
  standard: ['rename', 'omit'],
  cloudevents: ['rename', 'omit'],
  data: ['rename', 'omit'],
  template: ['template', 'wrap'],
};

/** How a body reads back: every default spelled out. */
export const BodyDocument = Type.Union([
  Type.Object({
    format: Type.Literal('template'),
    template: Type.String(),
    wrap: Type.Union([Type.Literal('none'), Type.Literal('array')]),
  }),
  Type.Object({
    format: Type.Union([Type.Literal('standard'), Type.Literal('cloudevents'), Type.Literal('data')]),
    rename: Type.Record(Type.String(), Type.String()),
    omit: Type.Array(Type.String()),
  }),
]);
export type BodyDocument = Static<typeof BodyDocument>;

export function bodyDocument(body: BodyShape): BodyDocument {
  if (body.format === 'template') return { wrap: 'none', ...body };
  return { rename: {}, omit: [], ...body };
}

/** @param input with its format: what a user gave, filled from the profile */
export function bodySettings(input: BodyDto & { format: BodyShape['format'] }, errors: InputErrors): BodyShape {
  checkMembers(input, errors);
  if (input.format === 'template') return templateSettings(input, errors);
  const rename = renameSettings({ ...input.rename }, errors);
  const omit = input.omit ?? [];
  for (const [index, member] of omit.entries()) checkMember(pointerTo(`${POINTER}/omit`, index), member, errors);
  const problem = reshapingProblem(rename, omit);
  if (problem) errors.add(`${POINTER}/${omit.length > 0 ? 'omit' : 'rename'}`, 'reshaping', problem);
  return {
    format: input.format,
    ...(Object.keys(rename).length === 0 ? {} : { rename }),
    ...(omit.length === 0 ? {} : { omit }),
  };
}

function checkMembers(input: BodyDto & { format: BodyShape['format'] }, errors: InputErrors): void {
  const wanted = MEMBERS[input.format];
  for (const [member, value] of Object.entries(input)) {
    if (member === 'format' || value === undefined || wanted.includes(member)) continue;
    const detail = `${member} does not go with the format "${input.format}".`;
    errors.add(pointerTo(POINTER, member), 'not_applicable', detail);
  }
}

function templateSettings({ template, wrap }: BodyDto, errors: InputErrors): BodyShape {
  if (template === undefined) {
    errors.add(`${POINTER}/template`, 'required', 'the format "template" needs a template.');
  } else checkBodyTemplate(`${POINTER}/template`, template, errors);
  return { format: 'template', template: template ?? '', ...(wrap === 'array' ? { wrap } : {}) };
}

function renameSettings(given: Record<string, unknown>, errors: InputErrors): Record<string, string> {
  const parent = `${POINTER}/rename`;
  const entries = Object.entries(given);
  const taken = new Set<string>();
  const rename: [string, string][] = [];
  for (const [member, name] of entries) {
    const pointer = pointerTo(parent, member);
    checkMember(pointer, member, errors);
    if (typeof name !== 'string' || !isMemberName(name)) {
      errors.add(
        pointer,
        'name',
        `the new name must be text of 1 to ${MEMBER_MAX_LENGTH} characters, none of them zero.`,
      );
      continue;
    }
    const place = `${parentOf(member)}/${name}`;
    if (taken.has(place)) errors.add(pointer, 'collision', `two members would be called "${name}".`);
    taken.add(place);
    rename.push([member, name]);
  }
  return Object.fromEntries(rename);
}

function isMemberName(text: string): boolean {
  return text !== '' && text.length <= MEMBER_MAX_LENGTH && isStorableText(text);
}

function checkMember(pointer: string, member: string, errors: InputErrors): void {
  if (isMemberName(member)) return;
  errors.add(pointer, 'name', `a member is named by 1 to ${MEMBER_MAX_LENGTH} characters, none of them zero.`);
}

/** What starts with a slash is a JSON pointer, anything else the name of a top-level member. */
function asPointer(member: string): string {
  return member.startsWith('/') ? member : pointerTo('', member);
}

function parentOf(member: string): string {
  const pointer = asPointer(member);
  return pointer.slice(0, pointer.lastIndexOf('/'));
}
