import { lazy, Suspense } from 'react';
import { usePreferences } from '../i18n/preferences.tsx';
import type { ChartProps } from './chart.tsx';

const Chart = lazy(async () => ({ default: (await import('./chart.tsx')).Chart }));

/** The chart in a place of its size, so that nothing moves when its code has come. */
export function LazyChart(props: ChartProps) {
  const { theme } = usePreferences();
  return (
    <div className="chart-place">
      <Suspense>
        {/* Its colours are read once from the page: another theme draws another chart. */}
        <Chart key={theme} {...props} />
      </Suspense>
    </div>
  );
}
