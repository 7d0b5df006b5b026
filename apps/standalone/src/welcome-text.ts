import type { Standalone } from './start-standalone.ts';

/** The text on the screen when it is ready: where, with what key, the first request, and what to do next. */
export function welcomeText(
  standalone: Pick<Standalone, 'baseUrl' | 'apiKey' | 'adminEmail' | 'model' | 'secretsFile'>,
): string {
  const { baseUrl, apiKey } = standalone;
  return `
  AI Aggregator is ready.

  Dashboard  ${baseUrl}
  Base URL   ${baseUrl}/v1
  API key    ${apiKey}

  Try it:

    curl -N ${baseUrl}/v1/chat/completions \\
      -H "Authorization: Bearer ${apiKey}" \\
      -H "Content-Type: application/json" \\
      -d '{"model":"${standalone.model}","stream":true,"messages":[{"role":"user","content":"Hello"}]}'

  And what it cost:

    curl ${baseUrl}/v1/billing/balance -H "Authorization: Bearer ${apiKey}"

  The key calls models and reads usage and cost. To manage keys, providers and money, sign in to the dashboard:
  ${standalone.adminEmail}, with the adminPassword of ${standalone.secretsFile}.

  ${nextStep(standalone.model)} Ctrl-C stops everything; nothing is lost.

`;
}

/** The mock provider is there while the environment names no other, so that a real model shows that a key is set. */
function nextStep(model: string): string {
  return model.startsWith('mock-')
    ? 'Next: set OPENAI_API_KEY and start again to reach real models.'
    : 'Next: send your own requests; GET /v1/models lists what is served.';
}
