import { type PropertyAccessToken, type RangeToken, type Template, TypeGuards, toValueSync, Value } from 'liquidjs';

/** What stands in the expressions of a template. */
export interface TemplateTokens {
  /** Names that the template gives itself, anywhere: what is assigned further down may be used further up, in a loop. */
  own: Set<string>;
  used: PropertyAccessToken[];
  ranges: RangeToken[];
}

type Filters = readonly { readonly args: readonly unknown[] }[];

function collectFrom(expression: readonly unknown[], filters: Filters, tokens: TemplateTokens): void {
  for (const token of expression) collect(token, tokens);
  for (const { args } of filters) for (const arg of args) collect(Array.isArray(arg) ? arg[1] : arg, tokens);
}

function collect(token: unknown, tokens: TemplateTokens): void {
  if (token instanceof Value) collectFrom(token.initial.postfix, token.filters, tokens);
  else if (TypeGuards.isFilteredValueToken(token)) collectFrom(token.initial.postfix, token.filters, tokens);
  else if (TypeGuards.isRangeToken(token)) {
    tokens.ranges.push(token);
    collectFrom([token.lhs, token.rhs], [], tokens);
  } else if (TypeGuards.isPropertyAccessToken(token)) {
    tokens.used.push(token);
    collectFrom(token.variable ? [token.variable, ...token.props] : token.props, [], tokens);
  }
}

function visit(templates: readonly Template[], tokens: TemplateTokens): void {
  for (const template of templates) {
    for (const token of template.arguments?.() ?? []) collect(token, tokens);
    for (const name of template.localScope?.() ?? []) tokens.own.add(typeof name === 'string' ? name : name.content);
    for (const name of template.blockScope?.() ?? []) tokens.own.add(name);
    if (template.children) visit(toValueSync(template.children(false, true)) as Template[], tokens);
  }
}

export function templateTokensOf(templates: readonly Template[]): TemplateTokens {
  const tokens: TemplateTokens = { own: new Set(), used: [], ranges: [] };
  visit(templates, tokens);
  return tokens;
}
