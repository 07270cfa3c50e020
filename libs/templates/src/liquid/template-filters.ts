import { filters as builtIn, type FilterImplOptions, type Liquid, toValue } from 'liquidjs';
import { countWork } from './filter-work.js';
import { JsonText, jsonTextOf, plainTextOf } from './json-text.js';
import { TEMPLATE_DATE_FORM_MAX_CHARACTERS } from './template.bounds.js';
import { TemplateFailedError } from './template-failed.error.js';

type FilterHandler = Exclude<FilterImplOptions, { handler: unknown }>;

/** Work on text: a number of `data` is taken by its own digits, an array or object as JSON. */
const OF_TEXT = [
  'append',
  'base64_decode',
  'base64_encode',
  'capitalize',
  'cgi_escape',
  'downcase',
  'escape',
  'escape_once',
  'hmac_sha256',
  'lstrip',
  'newline_to_br',
  'normalize_whitespace',
  'number_of_words',
  'prepend',
  'remove',
  'remove_first',
  'remove_last',
  'replace',
  'replace_first',
  'replace_last',
  'rstrip',
  'sha256',
  'slugify',
  'split',
  'squish',
  'strip',
  'strip_html',
  'strip_newlines',
  'truncate',
  'truncatewords',
  'upcase',
  'uri_escape',
  'url_decode',
  'url_encode',
  'xml_escape',
] as const;

/** Look at the outside of a value only. */
const AT_ONCE = ['first', 'last', 'size'] as const;

/** Work on numbers and arrays. */
const OF_VALUES = [
  'abs',
  'array_to_sentence_string',
  'at_least',
  'at_most',
  'ceil',
  'compact',
  'concat',
  'divided_by',
  'floor',
  'join',
  'map',
  'minus',
  'modulo',
  'plus',
  'reverse',
  'round',
  'slice',
  'sort',
  'sort_natural',
  'sum',
  'times',
  'to_integer',
] as const;

/** Work on dates; "now" is not one of them: each attempt of a delivery sends the same body. */
const OF_DATES = ['date', 'date_to_long_string', 'date_to_rfc822', 'date_to_string', 'date_to_xmlschema'] as const;

/** Look for elements by a property; what names it is parsed, and must not be more than a path. */
const BY_PROPERTY = ['find', 'find_index', 'has', 'reject', 'where'] as const;
const PATH = /^[^()[\]{}]*$/;

function builtInHandler(name: string): FilterHandler {
  const handler = builtIn[name];
  // A template that names it would be taken, and fail with each event.
  if (typeof handler !== 'function') throw new RangeError(`liquidjs has no filter "${name}"`);
  return handler;
}

function asText(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? plainTextOf(value) : value;
}

/** The elements of an array keep the text they were sent as. */
function asValue(value: unknown): unknown {
  return toValue(value);
}

/** With its elements opened, too: a property is looked for in each as among the names of a template. */
function asOpened(value: unknown): unknown {
  const plain: unknown = toValue(value);
  return Array.isArray(plain) ? plain.map(toValue) : plain;
}

function atOnce(handler: FilterHandler): FilterHandler {
  return function (value) {
    return handler.call(this, asValue(value));
  };
}

function working(handler: FilterHandler, take: (value: unknown) => unknown): FilterHandler {
  return function (value, ...args) {
    const [taken, ...takenArgs] = [value, ...args].map((given: unknown) => {
      countWork(given, this.context.memoryLimit);
      return take(given);
    });
    return handler.call(this, taken, ...takenArgs);
  };
}

function byProperty(handler: FilterHandler): FilterHandler {
  return function (value, property, ...args) {
    if (!PATH.test(plainTextOf(property))) throw new TemplateFailedError('A property is named by no plain path.');
    return handler.call(this, value, property, ...args);
  };
}

function ofDate(handler: FilterHandler): FilterHandler {
  return function (value, ...args) {
    if (args.some((form) => typeof form === 'string' && form.length > TEMPLATE_DATE_FORM_MAX_CHARACTERS)) {
      throw new TemplateFailedError(`A date's form has more than ${TEMPLATE_DATE_FORM_MAX_CHARACTERS} characters.`);
    }
    return value === 'now' || value === 'today' ? value : handler.call(this, value, ...args);
  };
}

function isEmpty(value: unknown): boolean {
  const plain: unknown = toValue(value);
  if (typeof plain === 'string' || Array.isArray(plain)) return plain.length === 0;
  return plain === undefined || plain === null;
}

/** As Liquid's own: `false` is replaced as well, unless `allow_false: true` follows. What is kept keeps its text. */
const defaultValue: FilterHandler = (value, replacement, ...options: unknown[]) => {
  if (toValue(value) !== false) return isEmpty(value) ? replacement : value;
  const allowsFalse = options.some((option) => Array.isArray(option) && option[0] === 'allow_false' && option[1]);
  return allowsFalse ? value : replacement;
};

const required: FilterHandler = (value, what) => {
  if (!isEmpty(value)) return value;
  throw new TemplateFailedError(
    `The event has no ${what === undefined ? 'value where one is required' : plainTextOf(what)}.`,
  );
};

const json: FilterHandler = (value, ...args) => {
  if (args.length > 0) throw new TemplateFailedError('The filter json takes no argument.');
  return new JsonText(jsonTextOf(value));
};

const uniq: FilterHandler = (value) => {
  const given = asValue(value);
  if (!Array.isArray(given)) return given;
  return [...new Map(given.map((element) => [jsonTextOf(element), element])).values()];
};

/** Replaces the filters of an engine by those that a template may use. */
export function giveFilters(engine: Liquid): void {
  for (const name of Object.keys(builtIn)) engine.unregisterFilter(name);
  for (const name of OF_TEXT) engine.registerFilter(name, working(builtInHandler(name), asText));
  for (const name of AT_ONCE) engine.registerFilter(name, atOnce(builtInHandler(name)));
  for (const name of OF_VALUES) engine.registerFilter(name, working(builtInHandler(name), asValue));
  for (const name of OF_DATES) engine.registerFilter(name, working(ofDate(builtInHandler(name)), asValue));
  for (const name of BY_PROPERTY) engine.registerFilter(name, working(byProperty(builtInHandler(name)), asOpened));
  engine.registerFilter('uniq', working(uniq, asValue));
  engine.registerFilter('default', defaultValue);
  engine.registerFilter('required', required);
  engine.registerFilter('json', json);
  engine.registerFilter('jsonify', json);
}
