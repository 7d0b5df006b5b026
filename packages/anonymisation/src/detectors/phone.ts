import { type Detector, matchDetector, notAfterWord, notBeforeWord } from './detector.ts';

const separator = '[ \\u00a0\\u2009\\u202f.()\\u2010-\\u2013-]';
const digits = (count: string) => `(?:${separator}{0,3}\\d){${count}}`;

/**
 * Telephone numbers: with `+` or `00` any country's; Russian ones also with 8 or 7 before ten digits, or with the code of a
 * city in brackets; American ones in the usual three groups. Bare digits without a prefix are no telephone number.
 */
const forms = [
  // The country code decides the length if we know the country: more digits belong to what comes next.
  `(?<!\\p{N})\\+(?:[17]${digits('10')}(?!\\p{N})|[1-9]${digits('6,14')}(?!\\p{N}))`,
  `${notAfterWord}00[1-9]${digits('8,13')}${notBeforeWord}`,
  `${notAfterWord}[78]${separator}{0,3}[3489]${digits('9')}${notBeforeWord}`,
  `(?<![\\p{L}\\p{N}])(?:1${separator}{1,2})?\\(?[2-9]\\d{2}\\)?${separator}{1,2}\\d{3}${separator}\\d{4}${notBeforeWord}`,
  `\\(\\d{3,5}\\) ?\\d{1,3}[ -]\\d{2}[ -]\\d{2}${notBeforeWord}`,
];

export const phoneDetector: Detector = matchDetector('phone', new RegExp(forms.join('|'), 'gu'));
