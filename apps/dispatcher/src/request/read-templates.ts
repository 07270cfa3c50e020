import {
  type BodyPlacement,
  type BodyTemplate,
  compileBodyTemplate,
  compileHeaderTemplate,
  type HeaderTemplate,
  ReshapingError,
  TemplateFailedError,
  TemplateSyntaxError,
} from '@hookstile/templates';
import { LRUCache } from 'lru-cache';
import { READ_TEMPLATES_MAX, READ_TEMPLATES_MAX_CHARACTERS } from './request.bounds.js';
import { RequestUnbuildableError } from './request-unbuildable.error.js';

function newCache<T extends object>(): LRUCache<string, T> {
  return new LRUCache({
    max: READ_TEMPLATES_MAX,
    maxSize: READ_TEMPLATES_MAX_CHARACTERS,
    sizeCalculation: (_, text) => Math.max(1, text.length),
  });
}

function cached<T extends object>(cache: LRUCache<string, T>, text: string, read: (text: string) => T): T {
  const known = cache.get(text);
  if (known) return known;
  const template = read(text);
  cache.set(text, template);
  return template;
}

/** Keeps templates read, so that an integration's plan need hold only their texts. Throws `TemplateSyntaxError`. */
export class ReadTemplates {
  readonly #bodies = { json: newCache<BodyTemplate>(), text: newCache<BodyTemplate>() };
  readonly #headers = newCache<HeaderTemplate>();

  body(text: string, placement: BodyPlacement): BodyTemplate {
    return cached(this.#bodies[placement], text, () => compileBodyTemplate(text, placement));
  }

  header(text: string): HeaderTemplate {
    return cached(this.#headers, text, compileHeaderTemplate);
  }
}

/** Does a step of building whose failures an admin can do something about. Throws `RequestUnbuildableError`. */
export function orUnbuildable<T>(of: string, step: () => T): T {
  try {
    return step();
  } catch (cause) {
    if (
      cause instanceof TemplateFailedError ||
      cause instanceof TemplateSyntaxError ||
      cause instanceof ReshapingError
    ) {
      throw new RequestUnbuildableError(`${of}: ${cause.message}`, { cause, retryable: cause.retryable });
    }
    throw cause;
  }
}
