import { z } from 'zod';
import type { VendorFacts } from '../vendor-facts.ts';
import { openAiCatalogue } from './catalogue.ts';
import { chatLaneOption } from './chat-lane.ts';
import { openAiApiOption, openAiApis } from './choose-api.ts';
import { vectorStoresOption } from './responses/hosted-tools.ts';
import { openAiRetirements } from './retirements.ts';

export const openAiFacts: VendorFacts = {
  // Source: https://community.openai.com/t/1357069, of 2025; the page of prices was not read (read 2026-12).
  batchPricePercent: 50,
  baseUrl: 'https://api.openai.com/v1',
  versionPath: '/v1',
  traceName: 'openai',
  environment: { provider: 'openai', prefix: 'OPENAI', title: 'OpenAI' },
  options: {
    [chatLaneOption]: { allows: (value) => value === 'native' },
    [openAiApiOption]: {
      allows: (value) => openAiApis.some((api) => api === value),
      variable: {
        name: 'OPENAI_CHAT_API',
        schema: z.enum(openAiApis).optional(),
        description:
          'The only API for chats that the server at OPENAI_BASE_URL has; unset, each request goes by the one that serves it best.',
      },
    },
    [vectorStoresOption]: { allows: (value) => /^[\w-]+(?:, ?[\w-]+)*$/.test(value) },
  },
  models: openAiCatalogue,
  retirements: openAiRetirements,
};
