import type { Usage, UsageComponent } from '@aggregator/contracts';
import { inputComponents, outputComponents } from '@aggregator/pricing';
import { methodOf, type Prompt } from '@aggregator/tokens';
import { type Charge, chargeUsage } from './charge.ts';
import type { DispatchedRequest } from './dispatched-request.ts';
import { type Delivered, estimateCharge } from './estimate-charge.ts';

/**
 * Charges an answer whose provider reported a part of its figures: that part, and for the rest an estimate. Always flagged.
 * @param partial The part, as the provider reported it; null if it reported none.
 */
export function estimateLeft(
  request: DispatchedRequest,
  partial: Usage | null,
  delivered: Delivered,
  readPrompt: () => Prompt,
): Charge {
  const isInputKnown = partial !== null && sumOf(partial, inputComponents) > 0;
  const estimate = estimateCharge(request, delivered, isInputKnown ? null : readPrompt());
  if (partial === null) return estimate;
  const input = pick(isInputKnown ? partial : estimate.usage, inputComponents);
  const unreported = sumOf(estimate.usage, outputComponents) - sumOf(partial, outputComponents);
  const usage: Usage = { ...partial, ...input };
  if (unreported > 0) usage.outputText = (usage.outputText ?? 0) + unreported;
  return { ...chargeUsage(usage, request), estimated: true, estimate: methodOf(request.model) };
}

/**
 * Charges a whole answer whose provider reported no usage, or a usage that lacks a side: the side that it has, and an
 * estimate of the other. Always flagged.
 */
export function estimateMissing(
  request: DispatchedRequest,
  reported: Usage | null,
  delivered: Delivered,
  readPrompt: () => Prompt,
): Charge {
  const hasInput = reported !== null && sumOf(reported, inputComponents) > 0;
  const hasOutput = reported !== null && sumOf(reported, outputComponents) > 0;
  const estimate = estimateCharge(request, delivered, hasInput ? null : readPrompt());
  if (!hasInput && !hasOutput) return estimate;
  const usage: Usage = { ...estimate.usage };
  for (const component of hasInput ? inputComponents : outputComponents) delete usage[component];
  Object.assign(usage, pick(reported ?? {}, hasInput ? inputComponents : outputComponents));
  return {
    ...chargeUsage(usage, request),
    estimated: true,
    estimate: hasInput ? methodOf(request.model) : estimate.estimate,
  };
}

/**
 * Returns true if a provider's figures have no output for an answer that has some, or an output and no input: no model
 * returns nothing. That side is then unknown, not zero.
 * @param units UTF-16 units of the answer, or its pictures.
 */
export function lacksSide(usage: Usage, units: number): boolean {
  return units > 0 && (sumOf(usage, outputComponents) === 0 || sumOf(usage, inputComponents) === 0);
}

function pick(usage: Usage, components: readonly UsageComponent[]): Usage {
  const picked: Usage = {};
  for (const component of components) {
    const units = usage[component];
    if (units !== undefined) picked[component] = units;
  }
  return picked;
}

function sumOf(usage: Usage, components: readonly UsageComponent[]): number {
  return components.reduce((sum, component) => sum + (usage[component] ?? 0), 0);
}
