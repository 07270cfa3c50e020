/** Media types of whole lists, and the schemas of pages whose items they have. */
const ITEMS: Readonly<Record<string, (text: string) => unknown[]>> = {
  '#/components/schemas/Csv': csvItems,
  '#/components/schemas/Ndjson': (text) =>
    text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown),
};

const CELL = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g;
const PARTS_OR_NUMBER = /^[[{\d]/;

/** The items of an answer that is a whole list; null for any other answer. */
export function exportedItems(schema: string, answer: unknown): unknown[] | null {
  const itemsOf = ITEMS[schema];
  return itemsOf ? itemsOf(String(answer)) : null;
}

/** Each line as an object; what is a number, an array or an object as such. */
function csvItems(text: string): unknown[] {
  const lines: string[][] = [[]];
  for (const [, quoted, plain, end] of text.matchAll(CELL)) {
    lines.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain ?? '');
    if (end === '\r\n') lines.push([]);
  }
  const [names = [], ...rows] = lines.slice(0, -1);
  return rows.map((cells) => Object.fromEntries(names.map((name, at) => [name, cellValue(cells[at] ?? '')])));
}

function cellValue(cell: string): unknown {
  try {
    return PARTS_OR_NUMBER.test(cell) ? JSON.parse(cell) : cell;
  } catch {
    return cell;
  }
}
