// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is replaced.
const CONTROL = /[\u0000-\u001f\u007f]/g;

/** Text as it stands between the quotes of a JSON string. */
export function jsonStringText(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** Text as it can stand in a header: it can neither end the header nor begin another. */
export function headerText(text: string): string {
  return text.replace(CONTROL, ' ');
}
