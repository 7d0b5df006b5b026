export const formatNumber = (value: number, language: string): string => new Intl.NumberFormat(language).format(value);

export const formatShort = (value: number, language: string): string =>
  new Intl.NumberFormat(language, { notation: 'compact', maximumFractionDigits: 1 }).format(value);

export const formatShare = (part: number, whole: number, language: string): string =>
  new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 1 }).format(
    whole === 0 ? 0 : part / whole,
  );

/** Change against the period before; null if there was nothing to compare with. */
export function formatChange(now: number, before: number, language: string): string | null {
  if (before === 0) return null;
  return new Intl.NumberFormat(language, {
    style: 'percent',
    maximumFractionDigits: 0,
    signDisplay: 'exceptZero',
  }).format((now - before) / before);
}

export function formatMs(ms: number, language: string): string {
  const [value, unit, digits] = ms < 1000 ? ([ms, 'millisecond', 0] as const) : ([ms / 1000, 'second', 2] as const);
  return new Intl.NumberFormat(language, { style: 'unit', unit, maximumFractionDigits: digits }).format(value);
}

export const formatPercent = (percent: number, language: string): string =>
  new Intl.NumberFormat(language, { style: 'percent' }).format(percent / 100);

/** As `formatPercent`, with its sign and up to four places: of a change. */
export const formatSignedPercent = (percent: number, language: string): string =>
  new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 4, signDisplay: 'exceptZero' }).format(
    percent / 100,
  );

/** Returns a part of one in percent, with up to two places: `0.9987` is 99.87 %. */
export const formatPart = (part: number, language: string): string =>
  new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 2 }).format(part);
