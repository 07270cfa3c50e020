/** Postgres takes no index entry above 2,704 bytes; a text of so many characters, and a tenant's id, stay below. */
export const INDEXED_TEXT_MAX_CHARACTERS = 300;

/** A text as far as an index takes it. */
export function clipped(text: string): string {
  return text.slice(0, INDEXED_TEXT_MAX_CHARACTERS);
}
