import type { DashboardAnswer } from '@aggregator/contracts';
import { useCallback, useMemo } from 'react';
import { type Range, stepOf } from '../../api/usage.ts';
import { LazyChart } from '../../components/lazy-chart.tsx';
import { formatMoney } from '../../format/money.ts';
import { usePreferences, useWords } from '../../i18n/preferences.tsx';
import { fillSteps } from './fill-steps.ts';
import { overviewWords } from './overview-words.ts';

export function SpendChart({ usage, range }: { usage: DashboardAnswer; range: Range }) {
  const t = useWords(overviewWords);
  const { language } = usePreferences();
  const step = stepOf(range);
  const { times, values } = useMemo(() => fillSteps(usage.series, range, step), [usage.series, range, step]);
  // A picture needs no nano: its axis is in dollars.
  const format = useCallback(
    (dollars: number) =>
      new Intl.NumberFormat(language, {
        style: 'currency',
        currency: 'USD',
        currencyDisplay: 'narrowSymbol',
        maximumSignificantDigits: 2,
      }).format(dollars),
    [language],
  );
  return (
    <section className="card stack">
      <h2>{t('spendOverTime')}</h2>
      <LazyChart
        label={t('chartLabel', { total: formatMoney(usage.totals.costNanoUsd, language) })}
        times={times}
        values={values}
        format={format}
        step={step}
      />
    </section>
  );
}
