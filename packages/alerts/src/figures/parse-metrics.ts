export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/**
 * Returns the samples of the wanted names in a text of Prometheus' exposition format, version 0.0.4
 * (https://prometheus.io/docs/instrumenting/exposition_formats/, read 2026-12-01). A line that is broken is left out.
 */
export function parseMetrics(text: string, isWanted: (name: string) => boolean): Sample[] {
  const samples: Sample[] = [];
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const end = line.search(/[{ \t]/);
    const name = line.slice(0, end);
    if (end <= 0 || !isWanted(name)) continue;
    const sample = parseRest(name, line.slice(end));
    if (sample !== null) samples.push(sample);
  }
  return samples;
}

function parseRest(name: string, rest: string): Sample | null {
  const found = /^(?:\{((?:"(?:[^"\\]|\\.)*"|[^"}])*)\})?[ \t]+(\S+)/.exec(rest);
  const value = Number(found?.[2]?.replace(/^([+-]?)Inf$/, '$1Infinity'));
  if (found === null || Number.isNaN(value)) return null;
  return { name, labels: parseLabels(found[1] ?? ''), value };
}

function parseLabels(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, label = '', value = '']) => [
      label,
      withoutEscapes(value),
    ]),
  );
}

const withoutEscapes = (value: string) =>
  value.replace(/\\(.)/g, (_, letter: string) => (letter === 'n' ? '\n' : letter));
