import type { ImagesRequest } from '@aggregator/contracts';
import { notUnderstood, toProviderError, verdicts } from '../errors/verdicts.ts';
import { invalidValue } from '../fields/invalid-value.ts';
import { sortFields, unsupported } from '../fields/sort-fields.ts';
import { JsonRequest } from '../json-request.ts';
import type { ImagesTranslation, ProviderTarget, TranslatedAnswer, TranslatedRequest } from '../provider-adapter.ts';
import { ProviderFailure } from '../provider-failure.ts';
import { noUsage } from '../usage/usage-reading.ts';
import { geminiImagesFields } from './capabilities.ts';
import { geminiEndpoint } from './endpoint.ts';
import { toBlockedPrompt } from './errors.ts';
import { fromGeminiFinishReason } from './finish-reason.ts';
import { PartReader } from './read-parts.ts';
import { parseGeminiAnswer } from './response.ts';
import { readGeminiUsage } from './usage.ts';
import { type GeminiCandidate, geminiAnswerWire } from './wire.ts';

/**
 * Sizes that Gemini can draw: its squares to the pixel, OpenAI's two rectangles in just that shape with the model's own
 * number of pixels. Any other is refused.
 */
const imageConfigs: ReadonlyMap<string, { aspectRatio: string; imageSize?: string }> = new Map([
  ['1024x1024', { aspectRatio: '1:1' }],
  ['1536x1024', { aspectRatio: '3:2' }],
  ['1024x1536', { aspectRatio: '2:3' }],
  ['2048x2048', { aspectRatio: '1:1', imageSize: '2K' }],
  ['4096x4096', { aspectRatio: '1:1', imageSize: '4K' }],
]);
const dataOfImage = /^data:[^,]*;base64,/;

/**
 * Images of the models that draw in their answers. One for each request, since they give one candidate.
 * Source: https://ai.google.dev/gemini-api/docs/image-generation (read 2026-11).
 */
export const geminiImages: ImagesTranslation = {
  fields: geminiImagesFields,
  toRequest: toImagesRequest,
  fromResponse: fromImagesResponse,
};

function toImagesRequest(request: ImagesRequest, target: ProviderTarget): TranslatedRequest {
  const { background, ...rest } = request;
  // What a model does by itself may be asked of it.
  const asked = background === 'auto' || background === 'opaque' ? rest : request;
  const { taken, dropped } = sortFields(asked, geminiImagesFields);
  if (taken.response_format === 'url') throw unsupported('response_format');
  const imageConfig = toImageConfig(request.size);
  const body = {
    contents: [{ role: 'user', parts: [{ text: request.prompt }] }],
    generationConfig: { responseModalities: ['IMAGE'], ...(imageConfig !== null && { imageConfig }) },
  };
  const endpoint = geminiEndpoint(target, 'generateContent');
  return new JsonRequest(endpoint, body, dropped.names);
}

function toImageConfig(size: string | null | undefined) {
  if (!size || size === 'auto') return null;
  const config = imageConfigs.get(size);
  if (config === undefined)
    throw invalidValue('size', `This provider draws ${[...imageConfigs.keys()].join(', ')} or auto.`);
  return config;
}

function fromImagesResponse(body: string): TranslatedAnswer {
  const parsed = geminiAnswerWire.safeParse(parseGeminiAnswer(body));
  if (!parsed.success) throw new ProviderFailure(notUnderstood('success that is no answer'));
  const { candidates, promptFeedback, usageMetadata } = parsed.data;
  if (promptFeedback?.blockReason) {
    throw new ProviderFailure(toBlockedPrompt(promptFeedback.blockReason, promptFeedback.blockReasonMessage));
  }
  const data = (candidates ?? []).flatMap(toImages);
  if (data.length === 0) throw new ProviderFailure(toMissingImage(candidates?.[0]));
  const { usage, reportedUsage } = readGeminiUsage(usageMetadata) ?? noUsage;
  if (usage === null) return { body: { data }, usage, pictures: data.length };
  const { inputUncached = 0, cacheRead = 0, outputText = 0, outputReasoning = 0, imageOut = 0 } = usage;
  const input = inputUncached + cacheRead;
  const output = outputText + outputReasoning + imageOut;
  const openAiUsage = {
    input_tokens: input,
    output_tokens: output,
    total_tokens: input + output,
    input_tokens_details: { text_tokens: input, image_tokens: 0 },
  };
  return { body: { data, usage: openAiUsage }, usage, reportedUsage, pictures: data.length };
}

function toImages({ content }: GeminiCandidate): { b64_json: string }[] {
  const { images } = new PartReader('', 0).read(content?.parts ?? []);
  return images.map(({ image_url: { url } }) => ({ b64_json: url.replace(dataOfImage, '') }));
}

/**
 * An image that was held back on grounds of policy is reported as that; one that is just absent may come the next time.
 */
function toMissingImage(candidate: GeminiCandidate | undefined) {
  const reason = candidate?.finishReason ?? '';
  const isHeldBack = fromGeminiFinishReason(reason, false) === 'content_filter' && reason !== 'NO_IMAGE';
  if (!isHeldBack) return notUnderstood(`success without an image, finish reason ${reason || '-'}`);
  const message = candidate?.finishMessage || `The provider held the image back: ${reason}.`;
  return toProviderError(verdicts.policy, {
    status: 200,
    name: reason,
    message,
    param: 'prompt',
    retryAfterMs: null,
    body: '',
  });
}
