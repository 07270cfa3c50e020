import { Context, type Emitter, LiquidError, type Template, toValueSync } from 'liquidjs';
import { boundRange } from './bounded-range.js';
import { TEMPLATE_MAX_CHARACTERS } from './template.bounds.js';
import { engine } from './template-engine.js';
import { TemplateFailedError } from './template-failed.error.js';
import type { TemplateNames } from './template-names.js';
import { type TemplateProblem, TemplateSyntaxError } from './template-syntax.error.js';
import { templateTokensOf } from './template-tokens.js';
import { unknownNameIn } from './unknown-name.js';
import { renderTimeLimit } from './worked-time.js';

const LOCATION = /, line:\d+, col:\d+/g;

/** What the engine's messages say less well than we can. */
const SENTENCES: readonly (readonly [RegExp, string])[] = [
  [/^memory alloc limit exceeded/, 'The template works on more text or longer lists than it may.'],
  [/^Invalid (string|array) length/, 'The template works on more text or longer lists than it may.'],
  [/^Maximum call stack size exceeded/, 'The template is nested too deeply.'],
  [/^undefined filter: (.*)/, 'There is no filter "$1".'],
  [/^tag "(.*)" not found/, 'There is no tag "$1".'],
];

function rootOf(error: unknown): unknown {
  return LiquidError.is(error) && error.originalError ? rootOf(error.originalError) : error;
}

function sentenceOf(error: unknown): string {
  const message = error instanceof Error ? error.message.replace(LOCATION, '') : 'It cannot be read.';
  for (const [pattern, sentence] of SENTENCES) if (pattern.test(message)) return message.replace(pattern, sentence);
  return `${message.charAt(0).toUpperCase()}${message.slice(1)}.`;
}

function problemOf(error: unknown): TemplateProblem {
  const [line, column] = LiquidError.is(error) ? error.token.getPosition() : [1, 1];
  return { line: line ?? 1, column: column ?? 1, sentence: sentenceOf(rootOf(error)) };
}

function read(text: string): Template[] {
  const templates = engine.parse(text);
  const tokens = templateTokensOf(templates);
  const problem = unknownNameIn(tokens);
  if (problem) throw new TemplateSyntaxError(problem);
  for (const range of tokens.ranges) boundRange(range);
  return templates;
}

function failureOf(error: unknown): TemplateFailedError {
  const root = rootOf(error);
  if (root instanceof TemplateFailedError) return root;
  const where = LiquidError.is(error) ? `in line ${error.token.getPosition()[0]}` : 'to be filled in';
  return new TemplateFailedError(`The template fails ${where}: ${sentenceOf(root)}`, { cause: error });
}

/** A template that was read; filling it in keeps nothing. */
export class CompiledTemplate {
  readonly #templates: Template[];

  /** Throws `TemplateSyntaxError`. */
  constructor(text: string) {
    if (text.length > TEMPLATE_MAX_CHARACTERS) {
      const sentence = `A template has at most ${TEMPLATE_MAX_CHARACTERS} characters; this one has ${text.length}.`;
      throw new TemplateSyntaxError({ line: 1, column: 1, sentence });
    }
    try {
      this.#templates = read(text);
    } catch (cause) {
      throw cause instanceof TemplateSyntaxError ? cause : new TemplateSyntaxError(problemOf(cause), { cause });
    }
  }

  /** Writes into an emitter, and gives it back; throws `TemplateFailedError`. */
  fillIn<E extends Emitter>(names: TemplateNames, emitter: E): E {
    const limits = { renderLimit: renderTimeLimit() as Context['renderLimit'], liquid: engine };
    const context = new Context(names, engine.options, { sync: true }, limits);
    try {
      toValueSync(engine.renderer.renderTemplates(this.#templates, context, emitter));
      return emitter;
    } catch (error) {
      throw failureOf(error);
    }
  }
}
