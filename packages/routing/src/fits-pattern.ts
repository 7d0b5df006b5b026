/**
 * True if `pattern` is all of `text`, its `*` standing for any part of it. No regular expression: of many stars those
 * take longer than any client waits. Here the last star alone is tried again, which finds a fit where there is one.
 */
export function fitsPattern(pattern: string, text: string): boolean {
  let at = 0;
  let inText = 0;
  let star = -1;
  let afterStar = 0;
  while (inText < text.length) {
    if (pattern[at] === '*') {
      star = at;
      at += 1;
      afterStar = inText;
    } else if (pattern[at] === text[inText]) {
      at += 1;
      inText += 1;
    } else if (star !== -1) {
      afterStar += 1;
      at = star + 1;
      inText = afterStar;
    } else return false;
  }
  return [...pattern.slice(at)].every((letter) => letter === '*');
}
