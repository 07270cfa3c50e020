import { analyzeSync, type Template, type Variable } from 'liquidjs';
import { KNOWN_NAMES } from './template-names.js';
import type { TemplateProblem } from './template-syntax.error.js';

const ROOTS = new Map<unknown, readonly string[] | null>(Object.entries(KNOWN_NAMES));

function sentenceOf([root, member]: Variable['segments']): string | null {
  const members = ROOTS.get(root);
  if (members === undefined) return `There is no "${root}"; a template knows ${[...ROOTS.keys()].join(', ')}.`;
  if (members === null || typeof member !== 'string' || members.includes(member)) return null;
  return `There is no "${root}.${member}"; ${root} has ${members.join(', ')}.`;
}

/** The first name in a template that will never stand for anything, which is a slip; null where there is none. */
export function unknownNameIn(templates: Template[]): TemplateProblem | null {
  const { globals, locals } = analyzeSync(templates, { partials: false });
  const own = new Set(Object.values(locals).flatMap((uses) => uses.map(({ segments }) => segments[0])));
  for (const { segments, location } of Object.values(globals).flat()) {
    // A name that is assigned further down may be used further up, in a loop.
    const sentence = own.has(segments[0]) ? null : sentenceOf(segments);
    if (sentence !== null) return { line: location.row, column: location.col, sentence };
  }
  return null;
}
