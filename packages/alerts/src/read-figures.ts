import type { AlertRule, Reading } from './rule.ts';

/** Returns the names of the figures that rules read, and the longest window of each, in minutes (0: the last value). */
export function readFigures(rules: readonly AlertRule[]): Map<string, number> {
  const figures = new Map<string, number>();
  for (const { cause } of rules) {
    if (!('anyOf' in cause)) continue;
    for (const { reading } of cause.anyOf) addReading(figures, reading);
  }
  return figures;
}

function addReading(figures: Map<string, number>, reading: Reading): void {
  switch (reading.read) {
    case 'sum':
      for (const part of reading.parts) addReading(figures, part);
      return;
    case 'ratio':
      addReading(figures, reading.part);
      addReading(figures, reading.whole);
      return;
    default: {
      const minutes = 'minutes' in reading ? reading.minutes : 0;
      figures.set(reading.of.name, Math.max(minutes, figures.get(reading.of.name) ?? 0));
    }
  }
}

/** Returns the longest window that a rule reads, in minutes. */
export function windowOf(rule: AlertRule): number {
  return Math.max(0, ...readFigures([rule]).values());
}
