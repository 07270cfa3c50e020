import { CompiledTemplate } from './compiled-template.js';
import { tooLong } from './json-text.js';
import { TEMPLATE_OUTPUT_MAX_BYTES } from './template.bounds.js';
import { TemplateFailedError } from './template-failed.error.js';
import { type TemplateInput, templateNamesOf } from './template-names.js';
import { type TemplateProblem, TemplateSyntaxError } from './template-syntax.error.js';
import { JsonEmitter, PlainEmitter } from './text-emitters.js';

/** How values are placed in a body. */
export type BodyPlacement = 'json' | 'text';

const JSON_MEDIA_TYPE = /^[^;]*[/+]json\s*(;|$)/i;

/** By its content type. */
export function bodyPlacementOf(contentType: string): BodyPlacement {
  return JSON_MEDIA_TYPE.test(contentType) ? 'json' : 'text';
}

export interface BodyTemplate {
  readonly placement: BodyPlacement;
  /** The body of one delivery; throws `TemplateFailedError`. */
  fillIn(input: TemplateInput): Buffer;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function bytesOf(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length > TEMPLATE_OUTPUT_MAX_BYTES) throw tooLong();
  return bytes;
}

function fillInJson(template: CompiledTemplate, input: TemplateInput): Buffer {
  const emitter = template.fillIn(templateNamesOf(input), new JsonEmitter());
  if (!isJson(emitter.skeleton)) throw new TemplateFailedError('What the template makes is not one JSON document.');
  return bytesOf(emitter.buffer);
}

function fillInText(template: CompiledTemplate, input: TemplateInput): Buffer {
  return bytesOf(template.fillIn(templateNamesOf(input), new PlainEmitter()).buffer);
}

/**
 * Reads the template of a body. In JSON a value is written for the place that it stands in: outside of a string as a
 * JSON value, what comes from `data` as it was sent; inside of one as escaped text. Throws `TemplateSyntaxError`.
 */
export function compileBodyTemplate(text: string, placement: BodyPlacement = 'json'): BodyTemplate {
  const template = new CompiledTemplate(text);
  const fillIn = placement === 'json' ? fillInJson : fillInText;
  return { placement, fillIn: (input) => fillIn(template, input) };
}

/** What is wrong with the template of a body, or null. */
export function bodyTemplateProblem(text: string): TemplateProblem | null {
  return templateProblem(() => compileBodyTemplate(text));
}

/** What a compile step throws as a problem, or null. */
export function templateProblem(compile: () => unknown): TemplateProblem | null {
  try {
    compile();
    return null;
  } catch (error) {
    if (error instanceof TemplateSyntaxError) return error.problem;
    throw error;
  }
}
