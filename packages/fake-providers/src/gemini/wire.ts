import { z } from 'zod';

/**
 * Requests of the Gemini API, strictly: a field that the reference has not is refused, as the vendor does.
 * Source: https://ai.google.dev/api/generate-content (read 2026-11, as typed by `@google/genai` 3.1).
 */
const base64 = z.string().regex(/^[A-Za-z0-9+/]*={0,2}$/);
const mimeType = z.string().regex(/^[a-z]+\/[\w.+-]+$/);
const record = z.record(z.string(), z.unknown());
const functionName = z.string().regex(/^[A-Za-z_][\w.:-]{0,127}$/);
const media = { inlineData: z.strictObject({ mimeType, data: base64 }).optional() };

const part = z.strictObject({
  text: z.string().optional(),
  thought: z.boolean().optional(),
  thoughtSignature: z.string().min(1).optional(),
  ...media,
  fileData: z.strictObject({ mimeType: mimeType.optional(), fileUri: z.url() }).optional(),
  functionCall: z.strictObject({ id: z.string().optional(), name: functionName, args: record.optional() }).optional(),
  functionResponse: z
    .strictObject({
      id: z.string().optional(),
      name: functionName,
      response: record,
      parts: z.array(z.strictObject(media)).optional(),
    })
    .optional(),
});
export type FakePart = z.infer<typeof part>;

const content = z.strictObject({ role: z.enum(['user', 'model']).optional(), parts: z.array(part).min(1) });
export type FakeContent = z.infer<typeof content>;

const functionDeclaration = z.strictObject({
  name: functionName,
  description: z.string().optional(),
  parameters: record.optional(),
  parametersJsonSchema: z.looseObject({ type: z.literal('object') }).optional(),
  response: record.optional(),
  responseJsonSchema: record.optional(),
});

const int32 = z.number().int().min(-2_147_483_648).max(2_147_483_647);
const modality = z.enum(['TEXT', 'IMAGE', 'AUDIO']);

const generationConfig = z.strictObject({
  temperature: z.number().min(0).max(2).optional(),
  topP: z.number().min(0).max(1).optional(),
  topK: z.number().int().min(1).optional(),
  candidateCount: int32.min(1).max(8).optional(),
  maxOutputTokens: int32.min(1).optional(),
  stopSequences: z.array(z.string().min(1)).max(5).optional(),
  responseLogprobs: z.boolean().optional(),
  logprobs: int32.min(0).max(20).optional(),
  presencePenalty: z.number().min(-2).max(2).optional(),
  frequencyPenalty: z.number().min(-2).max(2).optional(),
  seed: int32.optional(),
  responseMimeType: z.enum(['text/plain', 'application/json']).optional(),
  responseSchema: record.optional(),
  responseJsonSchema: record.optional(),
  responseModalities: z.array(modality).min(1).optional(),
  imageConfig: z
    .strictObject({
      aspectRatio: z.enum(['1:1', '2:3', '3:2', '3:4', '4:3', '4:5', '5:4', '9:16', '16:9', '21:9']).optional(),
      imageSize: z.enum(['512', '1K', '2K', '4K']).optional(),
    })
    .optional(),
  thinkingConfig: z
    .strictObject({
      includeThoughts: z.boolean().optional(),
      thinkingBudget: int32.optional(),
      thinkingLevel: z.enum(['MINIMAL', 'LOW', 'MEDIUM', 'HIGH']).optional(),
    })
    .optional(),
});

const generateContent = {
  contents: z.array(content).min(1, 'contents is not specified'),
  systemInstruction: z.strictObject({ role: z.string().optional(), parts: z.array(part).min(1) }).optional(),
  tools: z.array(z.strictObject({ functionDeclarations: z.array(functionDeclaration).min(1) })).optional(),
  toolConfig: z
    .strictObject({
      functionCallingConfig: z.strictObject({
        mode: z.enum(['AUTO', 'ANY', 'NONE', 'VALIDATED']),
        allowedFunctionNames: z.array(functionName).min(1).optional(),
      }),
    })
    .optional(),
  generationConfig: generationConfig.optional(),
  safetySettings: z.array(z.strictObject({ category: z.string(), threshold: z.string() })).optional(),
  store: z.boolean().optional(),
  serviceTier: z.enum(['unspecified', 'standard', 'flex', 'priority']).optional(),
};

export const generateContentRequest = z.strictObject(generateContent);
export type FakeRequest = z.infer<typeof generateContentRequest>;

/** Either the contents alone, or all of a request with the model's name in it. */
export const countTokensRequest = z.union([
  z.strictObject({ contents: generateContent.contents }),
  z.strictObject({ generateContentRequest: z.strictObject({ model: z.string(), ...generateContent }) }),
]);

export const batchEmbedContentsRequest = z.strictObject({
  requests: z
    .array(
      z.strictObject({
        model: z.string(),
        content: z.strictObject({
          role: z.string().optional(),
          parts: z.array(z.strictObject({ text: z.string() })).min(1),
        }),
        taskType: z.string().optional(),
        title: z.string().optional(),
        outputDimensionality: z.number().int().min(1).max(3072).optional(),
      }),
    )
    .min(1)
    .max(100, 'at most 100 requests can be in one batch'),
});
export type FakeBatch = z.infer<typeof batchEmbedContentsRequest>;
