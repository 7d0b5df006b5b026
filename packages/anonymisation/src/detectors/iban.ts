import { addSpan, type Detector, isWordAt, notAfterWord, type Span } from './detector.ts';

/** How long each country's are. Source: SWIFT, IBAN Registry, release 99 (read 2026-11). */
const lengths = readLengths(
  `AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24
  FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32
  LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24
  RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30`,
);

const beginning = new RegExp(`${notAfterWord}[A-Za-z]{2}\\d{2}`, 'gu');

/** International bank account numbers by their country's length and their check digits, in groups or without. */
export const ibanDetector: Detector = {
  kind: 'iban',
  find(text) {
    const spans: Span[] = [];
    for (const { 0: head, index } of text.matchAll(beginning)) {
      const length = lengths.get(head.slice(0, 2).toUpperCase());
      const end = length === undefined ? null : findEnd(text, index, length);
      if (end !== null) addSpan(spans, { start: index, end, kind: 'iban' });
    }
    return spans;
  },
};

function findEnd(text: string, start: number, length: number): number | null {
  let characters = '';
  let at = start;
  while (characters.length < length) {
    const isGap = /[ \u00a0-]/.test(text.charAt(at)) && characters !== '';
    if (isGap) at += 1;
    const character = text.charAt(at);
    if (!/[A-Za-z0-9]/.test(character)) return null;
    characters += character;
    at += 1;
  }
  return !isWordAt(text, at) && hasCheckDigits(characters) ? at : null;
}

/** Source: ISO 13616, ISO/IEC 7064 (MOD 97-10). */
function hasCheckDigits(characters: string): boolean {
  const moved = characters.slice(4) + characters.slice(0, 4);
  let rest = 0;
  for (const character of moved) {
    const value = Number.parseInt(character, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}

function readLengths(table: string): ReadonlyMap<string, number> {
  return new Map(table.split(/\s+/).map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]));
}
