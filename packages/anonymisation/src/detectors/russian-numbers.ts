import { type Detector, matchDetector, notAfterWord, notBeforeWord } from './detector.ts';

/**
 * Numbers that Russian authorities give to people and firms. INN and SNILS have check digits (orders of the Federal Tax
 * Service № ЕД-7-14/559 of 2020-06-26 and of the Pension Fund № 885п of 2022-09-28). A passport's number has none: ten
 * digits are one if series and number are apart, or if a word before them says so.
 */
export const innDetector: Detector = matchDetector(
  'inn',
  new RegExp(`${notAfterWord}\\d{10}(?:\\d{2})?${notBeforeWord}`, 'gu'),
  (digits) =>
    digits.length === 10
      ? checkDigit(digits, [2, 4, 10, 3, 5, 9, 4, 6, 8])
      : checkDigit(digits, [7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) && checkDigit(digits, [3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8]),
);

export const snilsDetector: Detector = matchDetector(
  'snils',
  new RegExp(`${notAfterWord}\\d{3}[ \\u00a0-]?\\d{3}[ \\u00a0-]?\\d{3}[ \\u00a0-]?\\d{2}${notBeforeWord}`, 'gu'),
  (match) => {
    const digits = match.replaceAll(/\D/g, '');
    const sum = Array.from(digits.slice(0, 9)).reduce((total, digit, at) => total + Number(digit) * (9 - at), 0);
    return (sum % 101) % 100 === Number(digits.slice(9));
  },
);

const contextLength = 60;
const passportWord = /паспорт|passport|серия/i;

export const passportDetector: Detector = matchDetector(
  'passport',
  new RegExp(
    `${notAfterWord}\\d{2}[ \\u00a0]?\\d{2}[ \\u00a0,-]{0,2}(?:(?:№|[Nn]o?\\.?)[ \\u00a0]?)?\\d{6}${notBeforeWord}`,
    'gu',
  ),
  (match, at, text) => /\D\d{6}$/.test(match) || passportWord.test(text.slice(Math.max(0, at - contextLength), at)),
);

function checkDigit(digits: string, weights: readonly number[]): boolean {
  const sum = weights.reduce((total, weight, at) => total + weight * Number(digits.charAt(at)), 0);
  return (sum % 11) % 10 === Number(digits.charAt(weights.length));
}
