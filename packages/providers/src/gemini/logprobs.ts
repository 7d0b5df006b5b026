import { logprobsWire } from './wire.ts';

interface Logprob {
  token: string;
  logprob: number;
  bytes: null;
}

export interface OpenAiLogprobs {
  content: readonly (Logprob & { top_logprobs: readonly Logprob[] })[];
  refusal: null;
}

/** Probabilities in OpenAI's form, token by token; null if none were reported. The bytes of a token never are. */
export function fromGeminiLogprobs(value: unknown): OpenAiLogprobs | null {
  const parsed = logprobsWire.safeParse(value);
  if (!parsed.success) return null;
  const { chosenCandidates: chosen, topCandidates: top } = parsed.data;
  const content = chosen.map((one, index) => ({
    ...toLogprob(one),
    top_logprobs: (top?.[index]?.candidates ?? []).map(toLogprob),
  }));
  return { content, refusal: null };
}

function toLogprob({ token, logProbability }: { token: string; logProbability: number }): Logprob {
  return { token, logprob: logProbability, bytes: null };
}
