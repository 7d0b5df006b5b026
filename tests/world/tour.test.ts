import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { startTour, type TourWorld, walkThroughMonth } from './tour.ts';

describe('a month of a paying customer, on embedded parts', () => {
  let tour: TourWorld;
  beforeAll(async () => {
    tour = await startTour();
  });
  afterAll(() => tour.stop());

  it('pays, spends, is warned and topped up, gets its invoice, a refund and a credit note, and every sum is right', async () => {
    await walkThroughMonth(tour);
  });
});
