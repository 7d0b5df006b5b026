import type { AlertRule, Condition, Figure, Reading } from './rule.ts';

/** Stands for the label matchers of the installation in an expression. The chart replaces it. */
export const scopePlaceholder = '$scope';
/** Stands for the name of a service. The chart writes one rule for each. */
export const servicePlaceholder = '$service';

/** Returns the expression of a rule in PromQL, with placeholders that the chart replaces. */
export function toPromql({ cause }: AlertRule): string {
  if ('promql' in cause) return cause.promql;
  if ('serviceDown' in cause) return `absent(up{${scopePlaceholder},component="${servicePlaceholder}"} == 1)`;
  return cause.anyOf.map(toComparison).join(' or ');
}

/** Returns the summary as a template of Prometheus. */
export function toSummaryTemplate({ summary, cause }: AlertRule): string {
  if ('serviceDown' in cause) return summary.replace('{service}', servicePlaceholder);
  return summary.replace(/\{(\w+)\}/g, '{{ $$labels.$1 }}');
}

function toComparison({ reading, is, threshold, valueIfAbsent }: Condition): string {
  const value = toExpression(reading);
  return `${valueIfAbsent === undefined ? value : `(${value} or vector(${valueIfAbsent}))`} ${is} ${threshold}`;
}

function toExpression(reading: Reading): string {
  switch (reading.read) {
    case 'max':
    case 'min':
      return `${reading.read}${toGrouping(reading.by)}(${toSelector(reading.of)})`;
    case 'increase':
    case 'rate':
      return `sum${toGrouping(reading.by)}(${reading.read}(${toSelector(reading.of)}[${reading.minutes}m]))`;
    case 'sum':
      return reading.parts.map(toExpression).join(' + ');
    case 'ratio':
      return `${toExpression(reading.part)} / ${toExpression(reading.whole)}`;
  }
}

const toGrouping = (by: readonly string[] | undefined) => (by === undefined ? '' : ` by (${by.join(', ')}) `);

function toSelector({ name, where = [] }: Figure): string {
  const matches = where.map(({ label, is, value }) => `${label}${is}"${value}"`);
  return `${name}{${[scopePlaceholder, ...matches].join(',')}}`;
}
