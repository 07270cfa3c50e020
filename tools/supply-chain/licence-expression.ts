/** SPDX expressions nest less than this in any package that was ever seen. */
const TOKENS_MAX = 64;
const TOKEN = /\(|\)|[A-Za-z0-9.+-]+/g;

/**
 * Whether an SPDX licence expression leaves a choice that is allowed: of `OR` one side, of `AND` both. An exception
 * (`WITH`) is part of the name. What cannot be read is not allowed.
 */
export function isLicenceAllowed(expression: string, isAllowed: (id: string) => boolean): boolean {
  const tokens = expression.match(TOKEN) ?? [];
  const leftOut = expression.replaceAll(TOKEN, '').trim();
  if (leftOut !== '' || tokens.length === 0 || tokens.length > TOKENS_MAX) return false;
  const reader = new ExpressionReader(tokens, isAllowed);
  const allowed = reader.either();
  return reader.isAtEnd && allowed;
}

class ExpressionReader {
  private at = 0;
  private readonly tokens: readonly string[];
  private readonly isAllowed: (id: string) => boolean;

  constructor(tokens: readonly string[], isAllowed: (id: string) => boolean) {
    this.tokens = tokens;
    this.isAllowed = isAllowed;
  }

  get isAtEnd(): boolean {
    return this.at === this.tokens.length;
  }

  either(): boolean {
    let allowed = this.both();
    while (this.takes('OR')) allowed = this.both() || allowed;
    return allowed;
  }

  private both(): boolean {
    let allowed = this.one();
    while (this.takes('AND')) allowed = this.one() && allowed;
    return allowed;
  }

  private one(): boolean {
    if (this.takes('(')) {
      const allowed = this.either();
      return this.takes(')') && allowed;
    }
    const id = this.next();
    return this.isAllowed(this.takes('WITH') ? `${id} WITH ${this.next()}` : id);
  }

  private takes(token: string): boolean {
    if (this.tokens[this.at] !== token) return false;
    this.at += 1;
    return true;
  }

  private next(): string {
    this.at += 1;
    return this.tokens[this.at - 1] ?? '';
  }
}
