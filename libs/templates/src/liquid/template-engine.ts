import {
  CaptureTag,
  CaseTag,
  type Context,
  defaultOperators,
  defaultOptions,
  type Emitter,
  Liquid,
  type Operators,
  toValue,
} from 'liquidjs';
import { countWork } from './filter-work.js';
import { TEMPLATE_MAX_CHARACTERS, TEMPLATE_WORK_MAX } from './template.bounds.js';
import { TemplateFailedError } from './template-failed.error.js';
import { giveFilters } from './template-filters.js';
import { PlainEmitter, PutOut } from './text-emitters.js';
import { WholeCycle, WholeEcho } from './whole-value-tags.js';

/** Tags that read other templates, change names for good, or write HTML are not among them. */
const TAGS = new Set([
  '#',
  'assign',
  'break',
  'capture',
  'case',
  'comment',
  'continue',
  'cycle',
  'echo',
  'for',
  'if',
  'liquid',
  'raw',
  'unless',
]);

/** What is captured is plain text, whatever it stands in; where it is put out it is written as a whole. */
class PlainCapture extends CaptureTag {
  override *render(context: Context): Generator<unknown, void, string> {
    const text = yield this.liquid.renderer.renderTemplates(this.templates, context, new PlainEmitter());
    (context.bottom() as Record<string, unknown>)[this.variable] = text;
  }
}

/** Each `when` compares the whole of a list, and nothing counts them. */
class CaseOfNoList extends CaseTag {
  override *render(context: Context, emitter: Emitter): Generator<unknown, void, unknown> {
    const subject = toValue(yield this.value.value(context));
    if (Array.isArray(subject)) throw new TemplateFailedError('A list cannot be told apart by case.');
    yield* super.render(context, emitter);
  }
}

/** Lists are compared element by element, and texts character by character. */
function countingOperators(): Operators {
  const counting = ['==', '!=', '<', '<=', '>', '>=', 'contains'].map((name) => {
    const compare = defaultOperators[name] as (left: unknown, right: unknown, context: Context) => unknown;
    const counted = (left: unknown, right: unknown, context: Context): unknown => {
      countWork(left, context.memoryLimit);
      countWork(right, context.memoryLimit);
      return compare(left, right, context);
    };
    return [name, counted] as const;
  });
  return { ...defaultOperators, ...Object.fromEntries(counting) } as Operators;
}

function createEngine(): Liquid {
  const engine = new Liquid({
    ...defaultOptions,
    ownPropertyOnly: true,
    strictFilters: true,
    dynamicPartials: false,
    relativeReference: false,
    templates: {},
    operators: countingOperators(),
    // The same event makes the same body on every machine.
    timezoneOffset: 0,
    locale: 'en-US',
    parseLimit: TEMPLATE_MAX_CHARACTERS,
    memoryLimit: TEMPLATE_WORK_MAX,
    outputEscape: ((value: unknown) => new PutOut(value)) as unknown as (value: unknown) => string,
  });
  for (const name of Object.keys(engine.tags)) if (!TAGS.has(name)) delete engine.tags[name];
  engine.registerTag('capture', PlainCapture);
  engine.registerTag('case', CaseOfNoList);
  engine.registerTag('cycle', WholeCycle);
  engine.registerTag('echo', WholeEcho);
  giveFilters(engine);
  return engine;
}

/** One engine for all templates: it keeps nothing of them. */
export const engine = createEngine();
