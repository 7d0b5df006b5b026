import { z } from 'zod';
import type { VendorFacts } from '../vendor-facts.ts';
import { yandexModels } from './models.ts';

export const yandexFacts: VendorFacts = {
  baseUrl: 'https://llm.api.cloud.yandex.net/v1',
  versionPath: '/v1',
  environment: { provider: 'yandex', prefix: 'YANDEX', title: 'Yandex AI Studio' },
  options: {
    folder: {
      isRequired: true,
      variable: {
        name: 'YANDEX_FOLDER_ID',
        schema: z
          .string()
          .regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be the id of a folder')
          .optional(),
        description: 'The folder that Yandex answers and bills for; must be set if YANDEX_API_KEY is.',
      },
    },
  },
  models: yandexModels,
};
