import type { BuiltInProfile } from './profile.ts';

export const moonshot: BuiltInProfile = {
  hosts: ['api.moonshot.ai', 'api.moonshot.cn'],
  settings: {
    reasoningField: 'reasoning_content',
    strictTools: false,
  },
  sources: [
    {
      fact: 'A call of a tool without its `reasoning_content` is rejected while thinking is on.',
      url: 'https://www.librechat.ai/docs/configuration/librechat_yaml/ai_endpoints/moonshot',
      read: '2026-11',
    },
    {
      fact: '`strict` of a tool is not known.',
      url: 'https://java.agentscope.io/v2/en/integration/model/kimi',
      read: '2026-11',
    },
  ],
};
