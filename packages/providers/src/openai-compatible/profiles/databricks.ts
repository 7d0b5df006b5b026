import type { BuiltInProfile } from './profile.ts';

export const databricks: BuiltInProfile = {
  hosts: ['*.cloud.databricks.com', '*.azuredatabricks.net', '*.gcp.databricks.com'],
  settings: { streamOptions: false },
  sources: [
    {
      fact: 'A request with stream_options is rejected as extra_forbidden.',
      url: 'https://github.com/openai/openai-agents-python/issues/442',
      read: '2026-11',
    },
  ],
};
