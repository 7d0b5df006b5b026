import { z } from 'zod';

/** The mock provider's answer to `GET /usage/{attemptId}`; `usage` is OpenAI's object. */
export const mockUsageRecordWire = z.object({ object: z.literal('usage_record'), usage: z.unknown() });

/** Its refusal, whose code alone proves something: a 404 can also come from a wrong address. */
export const mockUsageErrorWire = z.object({ error: z.object({ code: z.string() }) });
export const usageRecordAbsentCode = 'usage_record_not_found';
