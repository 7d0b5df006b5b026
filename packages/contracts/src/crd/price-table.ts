import { z } from 'zod';
import { priceTableEntriesMax } from '../bounds.ts';
import { declaredPriceRule } from '../management/prices.ts';
import { providerName } from '../routing-snapshot.ts';
import { className, conditions } from './conditions.ts';
import { pricing } from './provider.ts';

/** The `PriceTable` custom resource: entries of the price book, of `docs/prices.md`. */

const span = {
  effectiveFrom: z.iso
    .datetime({ offset: true })
    .optional()
    .describe('When it begins. Without it, or if it is past: at once.'),
  effectiveTo: z.iso.datetime({ offset: true }).optional().describe('When it ends. Without it: when it is removed.'),
  note: z.string().min(1).max(500).regex(/\S/).optional().describe('Where the price is from, or why it was agreed.'),
};
const spanRule = {
  rule: '!has(self.effectiveFrom) || !has(self.effectiveTo) || self.effectiveFrom < self.effectiveTo',
  message: 'effectiveTo must be after effectiveFrom',
};

const entry = z
  .object({
    provider: providerName.max(63).describe('The name of the provider.'),
    model: z.string().min(1).max(128).describe("The provider's own name of the model."),
    kind: z
      .enum(['Customer', 'Cost'])
      .default('Customer')
      .describe('Customer: what customers pay. Cost: what the provider charges.'),
    pricing,
    ...span,
  })
  .meta({ 'x-kubernetes-validations': [spanRule] });

const rule = z
  .object({
    organizationId: z
      .uuid()
      .max(36)
      .optional()
      .describe('The organisation that it holds for. Without it: all that have no fitting rule of their own.'),
    models: declaredPriceRule.shape.models.max(200).describe('<provider>/<model> with * for any text.'),
    multiplierPpm: declaredPriceRule.shape.multiplierPpm.describe(
      'Millionths of the price: 1250000 is a markup of 25 %, 900000 a discount of 10 %.',
    ),
    ...span,
  })
  .meta({ 'x-kubernetes-validations': [spanRule] });

export const priceTableSpec = z
  .object({
    className,
    prices: z.array(entry).max(priceTableEntriesMax).default([]),
    rules: z.array(rule).max(priceTableEntriesMax).default([]).describe('Markups and discounts for customers.'),
  })
  .meta({
    'x-kubernetes-validations': [{ rule: 'self.className == oldSelf.className', message: 'className is immutable' }],
  });
export type PriceTableSpec = z.infer<typeof priceTableSpec>;

export const priceTableStatus = z.object({
  observedGeneration: z.int().min(0).optional(),
  conditions: conditions.optional(),
  /** How many prices and rules the spec has. */
  prices: z.int().min(0).optional(),
  rules: z.int().min(0).optional(),
});
export type PriceTableStatus = z.infer<typeof priceTableStatus>;

export const priceTableConditionTypes = ['Accepted', 'Ready'] as const;
