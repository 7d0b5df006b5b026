import { isRecord } from '@aggregator/contracts';
import type { DroppedParams } from './dropped-params.ts';

/** Leaves out `metadata.cost`, by which other gateways set what a request costs. */
export function withoutCost(fields: Record<string, unknown>, dropped: DroppedParams): void {
  if (!isRecord(fields.metadata) || !Object.hasOwn(fields.metadata, 'cost')) return;
  const { cost: _cost, ...metadata } = fields.metadata;
  fields.metadata = metadata;
  dropped.note('metadata.cost');
}
