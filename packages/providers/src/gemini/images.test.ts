import { imagesRequest } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import { geminiImages } from './images.ts';

const target = {
  baseUrl: 'https://a.example/v1beta',
  credential: 'k',
  model: 'gemini-3.1-flash-image',
  attemptId: 'r/1',
  maxOutputTokens: null,
  options: {},
};
const request = { model: 'any', prompt: 'A cat' };

function translate(more: object) {
  const { endpoint, body, droppedParams } = geminiImages.toRequest(
    imagesRequest.parse({ ...request, ...more }),
    target,
  );
  return { url: endpoint.url, body: JSON.parse(body), droppedParams };
}
const read = (answer: object) => geminiImages.fromResponse(JSON.stringify(answer), request);

describe('an image of Gemini', () => {
  it('is asked for as an answer that is one', () => {
    expect(translate({ n: 1, size: 'auto', response_format: 'b64_json', background: 'auto' })).toEqual({
      url: 'https://a.example/v1beta/models/gemini-3.1-flash-image:generateContent',
      body: {
        contents: [{ role: 'user', parts: [{ text: 'A cat' }] }],
        generationConfig: { responseModalities: ['IMAGE'] },
      },
      droppedParams: [],
    });
    expect(translate({ quality: 'high', style: 'vivid', user: 'u' }).droppedParams).toEqual([
      'quality',
      'user',
      'style',
    ]);
  });

  it.each([
    ['1024x1024', { aspectRatio: '1:1' }],
    ['1536x1024', { aspectRatio: '3:2' }],
    ['1024x1536', { aspectRatio: '2:3' }],
    ['4096x4096', { aspectRatio: '1:1', imageSize: '4K' }],
  ])('of %s is drawn with %j', (size, imageConfig) => {
    expect(translate({ size }).body.generationConfig.imageConfig).toEqual(imageConfig);
  });

  it.each([
    [{ n: 2 }, 'unsupported_parameter', 'n'],
    [{ size: '1792x1024' }, 'invalid_value', 'size'],
    [{ response_format: 'url' }, 'unsupported_parameter', 'response_format'],
    [{ background: 'transparent' }, 'unsupported_parameter', 'background'],
    [{ output_format: 'webp' }, 'unsupported_parameter', 'output_format'],
    [{ stream: true }, 'unsupported_parameter', 'stream'],
  ])('with %j is refused as %s of %s', (more, code, param) => {
    expect(() => translate(more)).toThrow(expect.objectContaining({ code, param }));
  });

  it('is given in base64 with what it used, thoughts and sketches left out', () => {
    const sketch = { inlineData: { mimeType: 'image/png', data: 'c2tldGNo' }, thought: true };
    const image = { inlineData: { mimeType: 'image/png', data: 'aW1hZ2U=' }, thoughtSignature: 'cw==' };
    const usageMetadata = {
      promptTokenCount: 6,
      candidatesTokenCount: 1120,
      thoughtsTokenCount: 30,
      candidatesTokensDetails: [{ modality: 'IMAGE', tokenCount: 1120 }],
    };
    expect(
      read({
        candidates: [{ content: { parts: [sketch, { text: 'Here.' }, image] }, finishReason: 'STOP' }],
        usageMetadata,
      }),
    ).toEqual({
      body: {
        data: [{ b64_json: 'aW1hZ2U=' }],
        usage: {
          input_tokens: 6,
          output_tokens: 1150,
          total_tokens: 1156,
          input_tokens_details: { text_tokens: 6, image_tokens: 0 },
        },
      },
      usage: { inputUncached: 6, outputText: 0, outputReasoning: 30, imageOut: 1120 },
      reportedUsage: null,
      pictures: 1,
    });
  });

  it('that was held back is reported as a matter of policy, one that is just not there as a failure', () => {
    const policy = expect.objectContaining({ code: 'content_policy_violation' });
    expect(() => read({ promptFeedback: { blockReason: 'IMAGE_SAFETY' } })).toThrow(policy);
    expect(() => read({ candidates: [{ finishReason: 'IMAGE_PROHIBITED_CONTENT' }] })).toThrow(policy);
    const failed = expect.objectContaining({ code: 'upstream_invalid_response' });
    for (const finishReason of ['NO_IMAGE', 'STOP', 'MAX_TOKENS']) {
      expect(() => read({ candidates: [{ content: { parts: [{ text: 'No.' }] }, finishReason }] })).toThrow(failed);
    }
    expect(() => read({})).toThrow(failed);
  });
});
