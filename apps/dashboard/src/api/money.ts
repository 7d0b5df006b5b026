import type { BalanceAnswer } from '@aggregator/contracts';
import { queryOptions } from '@tanstack/react-query';
import { get } from './call.ts';

export const balanceQuery = queryOptions({
  queryKey: ['balance'],
  queryFn: ({ signal }) => get<BalanceAnswer>('/v1/billing/balance', {}, signal),
  refetchInterval: 15_000,
});
