import { z } from 'zod';
import {
  createPriceRequest,
  createPriceRuleRequest,
  listPriceRulesQuery,
  listPricesQuery,
  priceChange,
  priceDifferences,
  pricePage,
  priceRuleChange,
  priceRulePage,
} from '../management/prices.ts';
import type { ApiRoute } from './route.ts';

const parameters = { id: z.uuid() };
const prices = { tag: 'Prices', needs: 'prices.manage' } as const;
const base = '/v1/orchestrator/prices';
const rules = '/v1/orchestrator/price-rules';

/** The price book, and the rules of markups and discounts. */
export const priceRoutes: readonly ApiRoute[] = [
  {
    ...{ ...prices, method: 'GET', path: base, summary: 'List versions of prices' },
    ...{ query: listPricesQuery, status: 200, answer: pricePage },
  },
  {
    ...{ ...prices, method: 'POST', path: base, summary: 'Create a version of a price' },
    ...{ body: createPriceRequest, status: 201, answer: priceChange, codes: ['conflict'] },
  },
  {
    ...{ ...prices, method: 'DELETE', path: `${base}/{id}`, summary: 'End a version of a price' },
    ...{ parameters, status: 200, answer: priceChange, codes: ['conflict'] },
  },
  {
    ...{ ...prices, method: 'GET', path: `${base}/differences`, summary: 'List differences between sources of prices' },
    ...{ status: 200, answer: priceDifferences },
  },
  {
    ...{ ...prices, method: 'GET', path: rules, summary: 'List markups and discounts' },
    ...{ query: listPriceRulesQuery, status: 200, answer: priceRulePage },
  },
  {
    ...{ ...prices, method: 'POST', path: rules, summary: 'Create a markup or a discount' },
    ...{ body: createPriceRuleRequest, status: 201, answer: priceRuleChange, codes: ['conflict'] },
  },
  {
    ...{ ...prices, method: 'DELETE', path: `${rules}/{id}`, summary: 'End a markup or a discount' },
    ...{ parameters, status: 200, answer: priceRuleChange, codes: ['conflict'] },
  },
];
