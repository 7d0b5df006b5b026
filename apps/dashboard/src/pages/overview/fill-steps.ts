import type { DashboardAnswer } from '@aggregator/contracts';
import type { Range } from '../../api/usage.ts';
import { dayMs, hourMs } from '../../format/time.ts';

const nanoUsdInUsd = 1e9;

/** Returns one point for each step of the range, in unix seconds and USD: a step without requests is zero, not absent. */
export function fillSteps(
  series: DashboardAnswer['series'],
  { fromMs, toMs }: Range,
  step: 'hour' | 'day',
): { times: number[]; values: number[] } {
  const stepMs = step === 'day' ? dayMs : hourMs;
  const spent = new Map(
    series.map(({ group, costNanoUsd }) => [Date.parse(group), Number(costNanoUsd) / nanoUsdInUsd]),
  );
  const times: number[] = [];
  const values: number[] = [];
  for (let at = Math.floor(fromMs / stepMs) * stepMs; at < toMs; at += stepMs) {
    times.push(at / 1000);
    values.push(spent.get(at) ?? 0);
  }
  return { times, values };
}
