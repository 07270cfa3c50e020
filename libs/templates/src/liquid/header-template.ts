import { templateProblem } from './body-template.js';
import { CompiledTemplate } from './compiled-template.js';
import { type TemplateInput, templateNamesOf } from './template-names.js';
import type { TemplateProblem } from './template-syntax.error.js';
import { PlainEmitter } from './text-emitters.js';

const DELIMITER = /\{\{|\{%/;

/** Whether a header's value is filled in for each push; all others are sent as they are. */
export function isTemplate(headerValue: string): boolean {
  return DELIMITER.test(headerValue);
}

export interface HeaderTemplate {
  /** The value, plain text that may hold what no header can; throws `TemplateFailedError`. */
  fillIn(input: TemplateInput): string;
}

/** Reads a header's value; throws `TemplateSyntaxError`. */
export function compileHeaderTemplate(text: string): HeaderTemplate {
  const template = new CompiledTemplate(text);
  return { fillIn: (input) => template.fillIn(templateNamesOf(input), new PlainEmitter()).buffer };
}

/** What is wrong with a header's value as a template, or null; a value that is none has no problem. */
export function headerTemplateProblem(text: string): TemplateProblem | null {
  return isTemplate(text) ? templateProblem(() => compileHeaderTemplate(text)) : null;
}
