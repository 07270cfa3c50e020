import { Context, type Emitter, LiquidError, type Template, toValueSync } from 'liquidjs';
import { TEMPLATE_COMPILE_MAX_MS, TEMPLATE_MAX_CHARACTERS, TEMPLATE_RENDER_MAX_MS } from './template.bounds.js';
import { engine } from './template-engine.js';
import { TemplateFailedError } from './template-failed.error.js';
import type { TemplateNames } from './template-names.js';
import { type TemplateProblem, TemplateSyntaxError } from './template-syntax.error.js';
import { unknownNameIn } from './unknown-name.js';
import { OutOfTimeError, withinTime, workedMs } from './within-time.js';

/**
 * What `liquidjs` may do for long without a look at the clock: a range is made whole, and never ends beyond 2^53; the
 * values of `when` are compared one after the other. The same holds for all that stands in one long expression.
 */
const LINGERING = /\.\.|\bwhen\b/;
const LINGERING_MIN_CHARACTERS = 1_024;

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
  if (error instanceof OutOfTimeError) {
    return { line: 1, column: 1, sentence: `The template takes longer than ${TEMPLATE_COMPILE_MAX_MS} ms to be read.` };
  }
  const [line, column] = LiquidError.is(error) ? error.token.getPosition() : [1, 1];
  return { line: line ?? 1, column: column ?? 1, sentence: sentenceOf(rootOf(error)) };
}

function read(text: string): Template[] {
  const templates = engine.parse(text);
  const problem = unknownNameIn(templates);
  if (problem) throw new TemplateSyntaxError(problem);
  return templates;
}

/** Asked between any two parts of a template. Only once the wall's clock says so is it asked how long was worked. */
function timeLimit(): { check(nowMs: number): void } {
  const beganAt = workedMs();
  let askAt = performance.now() + TEMPLATE_RENDER_MAX_MS;
  return {
    check(nowMs) {
      if (nowMs < askAt) return;
      const leftMs = TEMPLATE_RENDER_MAX_MS - (workedMs() - beganAt);
      if (leftMs <= 0) throw new OutOfTimeError(`A template took longer than ${TEMPLATE_RENDER_MAX_MS} ms.`);
      askAt = nowMs + leftMs;
    },
  };
}

function outOfTime(cause: unknown): TemplateFailedError {
  const message = `The template takes longer than ${TEMPLATE_RENDER_MAX_MS} ms to be filled in.`;
  return new TemplateFailedError(message, { cause, retryable: true });
}

function failureOf(error: unknown): TemplateFailedError {
  const root = rootOf(error);
  if (root instanceof TemplateFailedError) return root;
  if (root instanceof OutOfTimeError) return outOfTime(error);
  const where = LiquidError.is(error) ? `in line ${error.token.getPosition()[0]}` : 'to be filled in';
  return new TemplateFailedError(`The template fails ${where}: ${sentenceOf(root)}`, { cause: error });
}

/** A template that was read; filling it in keeps nothing. */
export class CompiledTemplate {
  readonly #templates: Template[];
  readonly #mayLinger: boolean;

  /** Throws `TemplateSyntaxError`. */
  constructor(text: string) {
    if (text.length > TEMPLATE_MAX_CHARACTERS) {
      const sentence = `A template has at most ${TEMPLATE_MAX_CHARACTERS} characters; this one has ${text.length}.`;
      throw new TemplateSyntaxError({ line: 1, column: 1, sentence });
    }
    try {
      this.#templates = withinTime(TEMPLATE_COMPILE_MAX_MS, () => read(text));
    } catch (cause) {
      if (cause instanceof TemplateSyntaxError) throw cause;
      throw new TemplateSyntaxError(problemOf(cause), { cause, retryable: cause instanceof OutOfTimeError });
    }
    this.#mayLinger = text.length > LINGERING_MIN_CHARACTERS || LINGERING.test(text);
  }

  /** Writes into a new emitter; throws `TemplateFailedError`. */
  fillIn<E extends Emitter>(names: TemplateNames, newEmitter: () => E): E {
    const write = (): E => this.#write(names, newEmitter());
    try {
      return this.#mayLinger ? withinTime(TEMPLATE_RENDER_MAX_MS, write) : write();
    } catch (error) {
      throw failureOf(error);
    }
  }

  #write<E extends Emitter>(names: TemplateNames, emitter: E): E {
    const limits = { renderLimit: timeLimit() as Context['renderLimit'], liquid: engine };
    const context = new Context(names, engine.options, { sync: true }, limits);
    toValueSync(engine.renderer.renderTemplates(this.#templates, context, emitter));
    return emitter;
  }
}
