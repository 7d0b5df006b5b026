import { parseProfileOption, profileOption } from '@aggregator/contracts';
import { chatLaneOption } from '../openai/chat-lane.ts';
import type { VendorFacts } from '../vendor-facts.ts';

export const compatibleFacts: VendorFacts = {
  baseUrl: null,
  versionPath: '/v1',
  worksWithoutKey: true,
  resourceField: 'profile',
  options: {
    [chatLaneOption]: { allows: (value) => value === 'native' },
    [profileOption]: { allows: (profile) => parseProfileOption(profile) !== null },
    outputLimitField: { allows: (name) => name === 'max_tokens' || name === 'max_completion_tokens' },
  },
};
