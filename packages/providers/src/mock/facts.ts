import { mockScriptOption, parseMockScript } from '@aggregator/contracts';
import type { VendorFacts } from '../vendor-facts.ts';
import { mockModels } from './models.ts';

const source = '@aggregator/mock-provider';

export const mockFacts: VendorFacts = {
  baseUrl: null,
  versionPath: '/v1',
  worksWithoutKey: true,
  builtIn: 'mock',
  resourceField: 'mock',
  options: { [mockScriptOption]: { allows: (script) => parseMockScript(script) !== null } },
  models: {
    models: mockModels.map(({ rates, ...model }) => ({ ...model, price: { rates, source } })),
    contextLengthUnknown: 8192,
  },
};
