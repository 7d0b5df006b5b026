import { addSpan, type Detector, isWordAt, type Span } from './detector.ts';

const digitsMin = 13;
const digitsMax = 19;
/** The first digit of cards that pay: ISO/IEC 7812. */
const issuer = /[2-6]/;
const separator = /[ \u00a0.\u2010-\u2013-]/;
/** Most texts have no such row of digits, and need no closer look. */
const manyDigits = /\d(?:[ \u00a0.\u2010-\u2013-]?\d){12}/;

/** Numbers of payment cards by their length and check digit, in any groups; the longest that begins with a group. */
export const paymentCardDetector: Detector = {
  kind: 'card',
  find(text) {
    if (!manyDigits.test(text)) return [];
    const spans: Span[] = [];
    const groups: DigitGroup[] = [];
    const judgeFirst = () => {
      const start = groups[0]?.start ?? 0;
      const end = issuer.test(text.charAt(start)) && !isWordAt(text, start - 1) ? findEnd(text, groups) : null;
      if (end !== null) addSpan(spans, { start, end, kind: 'card' });
      groups.shift();
    };
    for (const { 0: digits, index } of text.matchAll(/\d+/g)) {
      groups.push({ start: index, end: index + digits.length });
      // No number has more groups than digits.
      if (groups.length > digitsMax) judgeFirst();
    }
    while (groups.length > 0) judgeFirst();
    return spans;
  },
};

interface DigitGroup {
  readonly start: number;
  readonly end: number;
}

/** The end of the longest number that begins with the first group. */
function findEnd(text: string, groups: readonly DigitGroup[]): number | null {
  let digits = '';
  let found: number | null = null;
  for (const [index, group] of groups.entries()) {
    if (digits.length + group.end - group.start > digitsMax) break;
    const before = groups[index - 1];
    if (before !== undefined && !isLink(text.slice(before.end, group.start))) break;
    digits += text.slice(group.start, group.end);
    if (digits.length >= digitsMin && !isWordAt(text, group.end) && hasLuhnDigit(digits)) found = group.end;
  }
  return found;
}

function isLink(between: string): boolean {
  return between.length === 1 && separator.test(between);
}

/** Source: ISO/IEC 7812-1, annex B. */
function hasLuhnDigit(digits: string): boolean {
  let sum = 0;
  for (let place = 0; place < digits.length; place += 1) {
    const digit = Number(digits.at(-1 - place));
    const weighed = place % 2 === 0 ? digit : digit * 2;
    sum += weighed > 9 ? weighed - 9 : weighed;
  }
  return sum % 10 === 0;
}
