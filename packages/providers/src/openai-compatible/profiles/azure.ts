import type { BuiltInProfile } from './profile.ts';

export const azure: BuiltInProfile = {
  hosts: ['*.openai.azure.com', '*.cognitiveservices.azure.com'],
  settings: {
    reasoningField: 'none',
    systemMessages: 'any',
    developerRole: true,
    credentialHeader: 'api-key',
    toolNames: 'word-64',
    callIds: 'word-64',
    stopsMax: 4,
    query: {},
  },
  sources: [
    {
      fact: 'The key is in the header api-key, and the version of the API in the query as api-version; the operator sets it.',
      url: 'https://github.com/betalgo/openai/wiki/Azure-OpenAI',
      read: '2026-11',
    },
    {
      fact: 'The base URL has the deployment: /openai/deployments/<name>.',
      url: 'https://aws-samples.github.io/sample-connector-for-bedrock/providers/azure-openai',
      read: '2026-11',
    },
  ],
};
