import type { ProviderType } from '@aggregator/contracts';
import { anthropicRetirements } from './anthropic.ts';
import { cohereRetirements } from './cohere.ts';
import { geminiRetirements } from './gemini.ts';
import { openAiRetirements } from './openai.ts';
import { type Retirement, RetirementTable } from './retirement.ts';

const tables: Readonly<Partial<Record<ProviderType, RetirementTable>>> = {
  OpenAI: new RetirementTable(openAiRetirements),
  Anthropic: new RetirementTable(anthropicRetirements),
  Gemini: new RetirementTable(geminiRetirements),
  Cohere: new RetirementTable(cohereRetirements),
};

/**
 * Returns when a vendor retired a model, and what takes its place; null if it serves the model or nothing is known.
 * @param type Null for any vendor.
 * @param nowMs Unix milliseconds.
 */
export function findRetirement(type: ProviderType | null, model: string, nowMs: number): Retirement | null {
  const asked = type === null ? Object.values(tables) : [tables[type]];
  for (const table of asked) {
    const found = table?.find(model, nowMs) ?? null;
    if (found !== null) return found;
  }
  return null;
}
