import type { EstimateMethod, Usage } from '@aggregator/contracts';
import { estimateAnswer, estimatePrompt, methodOf, type Prompt } from '@aggregator/tokens';
import { boundUsage, toPricedUnits } from './bound-usage.ts';
import { type Charge, type Priced, priceOrFold } from './charge.ts';

/** What is known of a request whose provider reported no usage. */
export interface Delivered {
  /** UTF-16 units of text, reasoning and arguments. */
  readonly characters: number;
  /** Those texts, or a beginning of them; absent if they are not known. */
  readonly texts?: readonly string[];
  /** Pictures; absent if it is not known how many. */
  readonly pictures?: number | undefined;
}

/** For a request that another process left behind: its bytes are all that is known of its prompt. */
const byBytes: EstimateMethod = { method: 'bytes/3', version: '1', errorBandPercent: 100 };
const byPictures: EstimateMethod = { method: 'picture-tokens', version: '1', errorBandPercent: 100 };

/**
 * Charges a request whose provider reported nothing: its prompt and what was delivered, counted with a tokenizer. Never above
 * the hold. Takes up to about 20 ms.
 * @param prompt Null if it is not known any more; then its length in bytes counts.
 */
export function estimateCharge(request: Priced, delivered: Delivered, prompt: Prompt | null): Charge {
  const { inputTokensEstimate, inputTokensMax, imagesMax, model } = request;
  const inputTokens = prompt === null ? inputTokensEstimate : estimatePrompt(prompt, model);
  const inputUncached = Math.min(inputTokens, inputTokensMax);
  const output = imagesMax === undefined ? estimateOutput(request, delivered) : estimatePictures(request, delivered);
  const usage = boundUsage(toPricedUnits({ inputUncached, ...output }, request), request);
  const ofText = prompt === null ? byBytes : methodOf(model);
  const estimate = imagesMax === undefined ? ofText : byPictures;
  return { ...priceOrFold(usage, request, true), reportedUsage: null, estimate };
}

function estimateOutput({ outputTokensMax, model }: Priced, { characters, texts = [] }: Delivered): Usage {
  const tokens = Math.min(estimateAnswer(texts, characters, model), outputTokensMax);
  return tokens > 0 ? { outputText: tokens } : {};
}

/** All that were asked for, if it is not known how many came. */
function estimatePictures(
  { imagesMax = 0, outputTokensEstimate, outputTokensMax }: Priced,
  delivered: Delivered,
): Usage {
  const images = delivered.pictures ?? imagesMax;
  const tokens = outputTokensEstimate ?? outputTokensMax;
  return { imageOut: Math.ceil((tokens * images) / Math.max(1, imagesMax)), images };
}
