/** Returns the names of a text with commas between, without spaces around and without empty ones. */
export const splitNames = (text: string): string[] =>
  text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
