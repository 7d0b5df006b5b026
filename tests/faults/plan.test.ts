import { describe, expect, it } from '@jest/globals';
import { crashPoints } from './crash-points.ts';
import { makePlan, requestsOfPlan } from './plan.ts';

const seeds = Array.from({ length: 200 }, (_, index) => index + 1);
const faults = seeds.flatMap((seed) => makePlan(seed).faults);

describe('the plan of a seed', () => {
  it('is the same each time, and another one for another seed', () => {
    expect(makePlan(7)).toEqual(makePlan(7));
    expect(makePlan(7)).not.toEqual(makePlan(8));
  });

  it('begins each fault while requests are left', () => {
    expect(faults.every(({ at }) => at > 0 && at < requestsOfPlan)).toBe(true);
  });

  it('has every crash point and every kind of fault within 200 seeds', () => {
    const points = faults.flatMap(({ fault }) => (fault.kind === 'crash' ? [`${fault.service} ${fault.point}`] : []));
    expect(new Set(points)).toEqual(new Set(crashPoints.map(([service, point]) => `${service} ${point}`)));
    expect([...new Set(faults.map(({ fault }) => fault.kind))].sort()).toEqual([
      ...['clock', 'crash', 'deliver-again', 'disk-full', 'kill', 'link', 'lose-store', 'pause', 'poison'],
      ...['server-kill', 'server-pause', 'terminate'],
    ]);
  });
});
