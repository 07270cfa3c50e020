import { TypeGuards } from 'liquidjs';
import { KNOWN_NAMES } from './template-names.js';
import type { TemplateProblem } from './template-syntax.error.js';
import type { TemplateTokens } from './template-tokens.js';

const ROOTS = new Map<string, readonly string[] | null>(Object.entries(KNOWN_NAMES));

/** What a name or quoted text in a path says; null of what is known only once the template is filled in. */
function textOf(token: unknown): string | null {
  return TypeGuards.isWordToken(token) || TypeGuards.isQuotedToken(token) ? token.content : null;
}

function sentenceOf(root: string, member: string | null): string | null {
  const members = ROOTS.get(root);
  if (members === undefined) return `There is no "${root}"; a template knows ${[...ROOTS.keys()].join(', ')}.`;
  if (members === null || member === null || members.includes(member)) return null;
  return `There is no "${root}.${member}"; ${root} has ${members.join(', ')}.`;
}

/** The first name in a template that will never stand for anything, which is a slip; null where there is none. */
export function unknownNameIn({ own, used }: TemplateTokens): TemplateProblem | null {
  for (const token of used) {
    const root = token.variable ? null : textOf(token.props[0]);
    const sentence = root === null || own.has(root) ? null : sentenceOf(root, textOf(token.props[1]));
    if (sentence === null) continue;
    const [line, column] = token.getPosition();
    return { line: line ?? 1, column: column ?? 1, sentence };
  }
  return null;
}
