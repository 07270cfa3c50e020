const TABLE_NAME = /^[a-z_]+$/;
const MADE_HERE = Symbol('MadeHere');

/** Whose rows a statement reaches: those of one tenant, of several that are named, or of none. */
export type Whose = 'tenant' | 'tenants' | 'nobody';

/**
 * A statement, or a part of one, that reaches rows of tenants only by `TenantTables`. Its first parameter, `$1`, is the
 * tenant (`tenant`), or an array of tenants (`tenants`); whoever sends it puts that there.
 */
export class TenantSql<For extends Whose = Whose> {
  /** Tells the types apart, which are the same otherwise. */
  declare protected readonly whose: For;

  /** @param madeHere keeps others from making one of a text that nobody has looked at */
  constructor(
    readonly text: string,
    madeHere: typeof MADE_HERE,
  ) {
    if (madeHere !== MADE_HERE) throw new Error('a statement is made by TenantTables');
  }
}

const made = <For extends Whose>(text: string) => new TenantSql<For>(text, MADE_HERE);

type Part<For extends Whose> = string | number | TenantSql<For>;

/**
 * The tables of a service whose rows belong to tenants. Statements name them by `rows` and its like, which bring the
 * condition on the tenant with them; a text that names one by itself is refused, whatever its conditions are.
 */
export class TenantTables<Name extends string> {
  readonly #bareName: RegExp;

  /** @param qualified how a table is named in statements */
  constructor(
    readonly names: readonly Name[],
    private readonly qualified: (name: Name) => string = (name) => name,
  ) {
    const odd = names.find((name) => !TABLE_NAME.test(name));
    if (odd !== undefined) throw new Error(`${odd} is no name of a table`);
    // A name in front of a dot tells whose column it is; the table itself was named elsewhere then.
    this.#bareName = new RegExp(`\\b(?:${names.join('|')})\\b(?!"?\\.)`, 'i');
  }

  /** The tenant's rows, in a statement where a table would stand. The planner sees through it: it costs nothing. */
  rows(name: Name): TenantSql<'tenant'> {
    return made(`(select * from ${this.#table(name)} where tenant_id = $1) as ${name}`);
  }

  /**
   * The same for a statement that gives ids of rows: it looks at each row's tenant, and by no index that begins with the
   * tenant. A planner that does not know which tenant is meant could take that for the shorter way, and read all rows of a large one.
   */
  rowsFoundById(name: Name): TenantSql<'tenant'> {
    return made(`(select * from ${this.#table(name)} where tenant_id is not distinct from $1) as ${name}`);
  }

  /** The rows of the tenants that `$1` holds. */
  rowsOfMany(name: Name): TenantSql<'tenants'> {
    return made(`(select * from ${this.#table(name)} where tenant_id = any ($1::text[])) as ${name}`);
  }

  /** The beginning of a statement that writes a row of the tenant; the first of its values is `$1`. */
  insert(name: Name, columns: string, values: string): TenantSql<'tenant'> {
    return made(
      `insert into ${this.#table(name)} (tenant_id, ${this.#looked(columns)}) values ($1, ${this.#looked(values)})`,
    );
  }

  /** Changes rows of the tenant, and only where the condition holds. */
  update(name: Name, set: string, where: string): TenantSql<'tenant'> {
    const [changes, condition] = [this.#looked(set), this.#looked(where)];
    return made(`update ${this.#table(name)} set ${changes} where tenant_id = $1 and (${condition})`);
  }

  delete(name: Name, where = 'true'): TenantSql<'tenant'> {
    return made(`delete from ${this.#table(name)} where tenant_id = $1 and (${this.#looked(where)})`);
  }

  /** A statement of one tenant, `$1`. Throws where it names a table without its rows being the tenant's. */
  sql(texts: TemplateStringsArray, ...parts: readonly Part<'tenant'>[]): TenantSql<'tenant'> {
    return this.#joined(texts, parts);
  }

  /** A statement of the tenants that `$1` holds. */
  sqlOfMany(texts: TemplateStringsArray, ...parts: readonly Part<'tenants'>[]): TenantSql<'tenants'> {
    return this.#joined(texts, parts);
  }

  /** A statement that reaches no table of tenants at all; its parameters are its own. */
  sqlOfNobody(texts: TemplateStringsArray, ...parts: readonly Part<'nobody'>[]): TenantSql<'nobody'> {
    return this.#joined(texts, parts);
  }

  /** Statements with a text between them. */
  join(statements: readonly TenantSql<'tenant'>[], between: string): TenantSql<'tenant'> {
    return made(statements.map(({ text }) => text).join(this.#looked(between)));
  }

  #joined<For extends Whose>(texts: TemplateStringsArray, parts: readonly Part<For>[]): TenantSql<For> {
    const textWith = (shown: (part: Part<For>) => string | number) =>
      texts.map((text, index) => `${text}${index < parts.length ? shown(parts[index] ?? '') : ''}`).join('');
    // What stands between the parts that bring their tenant is looked at as a whole: two of them could make up a name.
    this.#looked(textWith((part) => (part instanceof TenantSql ? ' () ' : part)));
    return made(textWith((part) => (part instanceof TenantSql ? part.text : part)));
  }

  #looked(text: string): string {
    const [found] = this.#bareName.exec(text) ?? [];
    if (found === undefined) return text;
    throw new Error(`a statement names ${found} past its tenant: ${text}`);
  }

  #table(name: Name): string {
    // What a caller without types gives is not taken for a name.
    if (!this.names.includes(name)) throw new Error(`${name} is no table of tenants`);
    return this.qualified(name);
  }
}
