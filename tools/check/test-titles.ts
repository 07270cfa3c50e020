import ts from 'typescript';

const TESTS = new Set(['it', 'test']);
const GROUPS = new Set(['describe', 'suite']);
/** A test that is written so passes without having run. */
const NEVER_RUN = new Set(['skip', 'todo', 'fails']);

/** The titles of a spec's tests as they stand in the source (`%s` and all), each but those that never run. */
export function testTitles(source: string): Set<string> {
  const titles = new Set<string>();
  const visit = (node: ts.Node): void => {
    const call = ts.isCallExpression(node) ? callOf(node) : null;
    if (call?.modifiers.some((modifier) => NEVER_RUN.has(modifier))) return;
    if (call && TESTS.has(call.name) && call.title !== null) titles.add(call.title);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('spec.ts', source, ts.ScriptTarget.Latest));
  return titles;
}

/** Every text that stands in a source as a literal: the names of rules and steps. */
export function literalsOf(source: string): Set<string> {
  const literals = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node)) literals.add(node.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('source.ts', source, ts.ScriptTarget.Latest));
  return literals;
}

interface TestCall {
  name: string;
  modifiers: string[];
  title: string | null;
}

/** Reads `it(…)`, `it.skip(…)`, `describe.each(…)(…)` and the like; null for any other call. */
function callOf(call: ts.CallExpression): TestCall | null {
  const modifiers: string[] = [];
  let callee: ts.Expression = call.expression;
  while (!ts.isIdentifier(callee)) {
    if (ts.isPropertyAccessExpression(callee)) modifiers.push(callee.name.text);
    if (ts.isPropertyAccessExpression(callee) || ts.isCallExpression(callee)) callee = callee.expression;
    else if (ts.isTaggedTemplateExpression(callee)) callee = callee.tag;
    else return null;
  }
  if (!TESTS.has(callee.text) && !GROUPS.has(callee.text)) return null;
  const [first] = call.arguments;
  return { name: callee.text, modifiers, title: first && ts.isStringLiteralLike(first) ? first.text : null };
}
