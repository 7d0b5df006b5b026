import { afterAll, beforeAll, describe } from '@jest/globals';
import { describeBudgets } from './conformance/budgets.ts';
import { describeConcurrency } from './conformance/concurrency.ts';
import { describeCredit } from './conformance/credit.ts';
import { describeExpiryAndLoss } from './conformance/expiry-and-loss.ts';
import type { AdmissionHarness } from './conformance/harness.ts';
import { describeModel } from './conformance/model.ts';
import { describeRates } from './conformance/rates.ts';
import { describeSlices } from './conformance/slices.ts';

export type { AdmissionHarness } from './conformance/harness.ts';

/** Guarantees of every adapter of the counter store. `makeStore` is called once; each test uses its own organisations. */
export function describeAdmissionStore(name: string, makeStore: () => Promise<AdmissionHarness>): void {
  describe(`${name} counter store`, () => {
    let harness: AdmissionHarness | undefined;
    beforeAll(async () => {
      harness = await makeStore();
    });
    afterAll(async () => {
      await harness?.close();
    });
    const use = (): AdmissionHarness => {
      if (harness === undefined) throw new Error('the store could not be made');
      return harness;
    };

    describeCredit(use);
    describeRates(use);
    describeBudgets(use);
    describeConcurrency(use);
    describeSlices(use);
    describeModel(use);
    describeExpiryAndLoss(use);
  });
}
