import { type Detector, isWordAt, type Span } from './detector.ts';

const digitsMin = 13;
const digitsMax = 19;
/** The first digit of cards that pay: ISO/IEC 7812. */
const issuer = /[2-6]/;
const separator = /[ \u00a0.\u2010-\u2013-]/;
/** Most texts have no such row of digits, and need no closer look. */
const manyDigits = /\d(?:[ \u00a0.\u2010-\u2013-]?\d){12}/;

/** Numbers of payment cards by their length and check digit, in whatever groups; the longest that begins with a group. */
export const paymentCardDetector: Detector = {
  kind: 'card',
  find(text) {
    if (!manyDigits.test(text)) return [];
    const groups = findDigitGroups(text);
    const spans: Span[] = [];
    for (const [index, { start }] of groups.entries()) {
      if (!issuer.test(text.charAt(start)) || isWordAt(text, start - 1)) continue;
      const end = findEnd(text, groups, index);
      if (end !== null) spans.push({ start, end, kind: 'card' });
    }
    return spans;
  },
};

interface DigitGroup {
  readonly start: number;
  readonly end: number;
}

function findDigitGroups(text: string): DigitGroup[] {
  return Array.from(text.matchAll(/\d+/g), ({ 0: digits, index }) => ({ start: index, end: index + digits.length }));
}

function findEnd(text: string, groups: readonly DigitGroup[], first: number): number | null {
  let digits = '';
  let found: number | null = null;
  for (let index = first; index < groups.length; index += 1) {
    const group = groups[index];
    if (group === undefined || digits.length + group.end - group.start > digitsMax) break;
    const before = groups[index - 1];
    if (index > first && before !== undefined && !isLink(text.slice(before.end, group.start))) break;
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
