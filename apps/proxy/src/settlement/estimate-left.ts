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
 * Returns true if a provider's figures have no output for an answer that has some: its output is then unknown, not zero.
 * @param characters UTF-16 units of the answer.
 */
export function lacksOutput(usage: Usage, characters: number): boolean {
  return characters > 0 && sumOf(usage, outputComponents) === 0;
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
