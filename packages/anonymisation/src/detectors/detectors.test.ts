import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compilePolicy } from '../compile-policy.ts';
import { findValues } from '../masking/find-values.ts';
import { personalValues, policy } from '../testing/personal-values.ts';

const { detectors } = compilePolicy(policy);
const find = (text: string) =>
  findValues(text, detectors).map(({ start, end, kind }) => [kind, text.slice(start, end)]);

/** CPU time of this process, in milliseconds: other processes on a busy machine do not add to it. */
function readCpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

describe('what is personal', () => {
  it.each([
    ['Write to bob.smith+news@mail.example.co.uk.', 'email', 'bob.smith+news@mail.example.co.uk'],
    ['<a href="mailto:bob@example.com">', 'email', 'bob@example.com'],
    ['почта иван@почта.рф, да', 'email', 'иван@почта.рф'],
    ['?to=bob%40example.com&x=1', 'email', 'bob%40example.com'],
    ['bob@example.com.', 'email', 'bob@example.com'],
    ['Звоните +7 (999) 123-45-67!', 'phone', '+7 (999) 123-45-67'],
    ['8 999 123 45 67', 'phone', '8 999 123 45 67'],
    ['тел.89991234567', 'phone', '89991234567'],
    ['call (415) 555-2671 now', 'phone', '(415) 555-2671'],
    ['call 415.555.2671', 'phone', '415.555.2671'],
    ['+442071838750x', 'phone', '+442071838750'],
    ['+7 999 123-45-67 12 pieces', 'phone', '+7 999 123-45-67'],
    ['(495) 123-45-67', 'phone', '(495) 123-45-67'],
    ['4111 1111 1111 1111 12/25', 'card', '4111 1111 1111 1111'],
    ['pay 5555555555554444,', 'card', '5555555555554444'],
    ['3782-822463-10005', 'card', '3782-822463-10005'],
    ['GB82 WEST 1234 5698 7654 32 please', 'iban', 'GB82 WEST 1234 5698 7654 32'],
    ['de89370400440532013000', 'iban', 'de89370400440532013000'],
    ['ИНН 7707083893', 'inn', '7707083893'],
    ['ИНН 500100732259', 'inn', '500100732259'],
    ['СНИЛС 112-233-445 95', 'snils', '112-233-445 95'],
    ['паспорт 45 12 345678', 'passport', '45 12 345678'],
    ['4512 № 345678', 'passport', '4512 № 345678'],
    ['серия и номер: 4512345678', 'passport', '4512345678'],
    ['from 203.0.113.77:443', 'ip', '203.0.113.77'],
    ['at 2001:db8::8a2e:370:7334: refused', 'ip', '2001:db8::8a2e:370:7334'],
    ['::ffff:203.0.113.77', 'ip', '::ffff:203.0.113.77'],
    ['И\u0432\u0430\u043d петров пришёл', 'name', 'Иван петров'],
    ["Ann's book", 'name', 'Ann'],
    ['по ДОГ-2024/17.', 'pattern', 'ДОГ-2024/17'],
  ])('is found in %j', (text, kind, value) => {
    expect(find(text)).toEqual([[kind, value]]);
  });

  it.each([
    ['user@localhost', 'a host without a dot'],
    ['@mention and a @ b', 'no address'],
    ['1732176000123', 'a time in milliseconds'],
    ['4111 1111 1111 1112', 'a wrong check digit'],
    ['550e8400-e29b-41d4-a716-446655440000', 'a UUID'],
    ['7707083894', 'a wrong check digit'],
    ['112-233-445 96', 'a wrong check digit'],
    ['GB82 WEST 1234 5698 7654 33', 'wrong check digits'],
    ['version 1.2.3.4.5 of 256.1.1.1', 'no address'],
    ['127.0.0.1, ::1 and 0.0.0.0', 'addresses that every host has'],
    ['std::vector, dead::beef, 12:30:45, aa:bb:cc:dd:ee:ff', 'no addresses'],
    ['Annual plan, Joann, Иван Петровский', 'longer words'],
    ['XДОГ-2024/17, ДОГ-2024/178', 'longer words'],
    ['the year 2024, 1 000 000 USD, 3.14159265, 2024-11-21', 'plain numbers'],
  ])('is not found in %j: %s', (text) => {
    expect(find(text)).toEqual([]);
  });

  it.each(Object.entries(personalValues))('is found for any %s', (_kind, arbitrary) => {
    fc.assert(
      fc.property(arbitrary, (value) => {
        expect(find(`(${value})`).map(([, found]) => found)).toEqual([value]);
      }),
      { numRuns: 200 },
    );
  });

  it('is found if one is beside another, the longest first', () => {
    expect(find('bob@203.0.113.77.example.com')).toEqual([['email', 'bob@203.0.113.77.example.com']]);
    expect(find('+7 999 123-45-67, bob@example.com; 4111111111111111')).toHaveLength(3);
  });

  it('leaves placeholders alone under any policy', () => {
    const eager = compilePolicy({ mode: 'mask', names: ['EMAIL'], patterns: ['[A-Z]{5}_\\d'] });
    expect(findValues('[EMAIL_1] email', eager.detectors)).toEqual([{ start: 10, end: 15, kind: 'name' }]);
  });

  const hostile = [
    'a@',
    '1',
    '1 ',
    '1-',
    '+1',
    '1.',
    'a.',
    '@a.',
    ':a',
    '0:',
    '(',
    'GB82',
    '4512 ',
    '8(9',
    'Иван ',
    '-',
    '.a-',
    '%40',
    '\\u0041',
    '9',
  ];
  it.each(hostile)('is searched for in a time that grows with the text only, also in a row of %j', (unit) => {
    const search = (length: number) => {
      const text = unit.repeat(Math.ceil(length / unit.length));
      const startMs = readCpuMs();
      findValues(text, detectors);
      return readCpuMs() - startMs;
    };
    search(20_000);
    const shorterMs = Math.min(...Array.from({ length: 5 }, () => search(20_000)));
    // Ten times is right; a time that grows with the square would be a hundred times.
    expect(search(200_000)).toBeLessThan(30 * Math.max(shorterMs, 5));
  });
});
