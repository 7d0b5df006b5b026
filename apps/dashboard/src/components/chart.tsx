import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import '../styles/chart.css';
import { usePreferences } from '../i18n/preferences.tsx';

export interface ChartProps {
  /** Says what the picture shows, for people who do not see it. */
  readonly label: string;
  /** Unix seconds, rising. */
  readonly times: readonly number[];
  readonly values: readonly number[];
  readonly format: (value: number) => string;
  /** The time that a bar covers. */
  readonly step: 'hour' | 'day';
}

const height = 220;

/** Bars over time. The numbers are in the tables beside it; the picture only shows their shape. */
export function Chart({ label, times, values, format, step }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const { language } = usePreferences();
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const draw = () => {
      const options = toOptions(element, { format, step, language });
      return new uPlot(options, [[...times], [...values]], element);
    };
    let plot = draw();
    const redraw = () => {
      plot.destroy();
      plot = draw();
    };
    const observer = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height }));
    observer.observe(element);
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    scheme.addEventListener('change', redraw);
    return () => {
      scheme.removeEventListener('change', redraw);
      observer.disconnect();
      plot.destroy();
    };
  }, [times, values, format, step, language]);
  return <div ref={place} className="chart" role="img" aria-label={label} />;
}

function toOptions(
  element: HTMLElement,
  { format, step, language }: Pick<ChartProps, 'format' | 'step'> & { language: string },
): uPlot.Options {
  const style = getComputedStyle(element);
  const [fill, text, line] = ['--chart-fill', '--chart-text', '--chart-line'].map((name) =>
    resolveColor(element, name),
  );
  const date = new Intl.DateTimeFormat(
    language,
    step === 'day'
      ? { day: 'numeric', month: 'short', timeZone: 'UTC' }
      : { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  );
  const shape = uPlot.paths.bars?.({ size: [0.7, 40] });
  const axis = { stroke: text ?? '', font: `12px ${style.fontFamily}`, ticks: { show: false } };
  return {
    width: element.clientWidth,
    height,
    legend: { show: false },
    // Days of the statistics are days of UTC.
    ...(step === 'day' && { tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC') }),
    padding: [8, 24, 0, 0],
    cursor: { y: false, points: { show: false } },
    scales: { y: { range: (_plot, _min, max) => [0, max > 0 ? max * 1.1 : 1] } },
    axes: [
      { ...axis, grid: { show: false }, values: (_plot, ticks) => ticks.map((tick) => date.format(tick * 1000)) },
      { ...axis, size: 72, grid: { stroke: line ?? '', width: 1 }, values: (_plot, ticks) => ticks.map(format) },
    ],
    series: [
      {},
      {
        fill: fill ?? '',
        width: 0,
        points: { show: false },
        ...(shape !== undefined && { paths: shape }),
      },
    ],
  };
}

/** Canvas knows no `light-dark()`: the browser computes the colour of an element. */
function resolveColor(element: HTMLElement, name: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${name})`;
  element.append(probe);
  const color = getComputedStyle(probe).color;
  probe.remove();
  return color;
}
