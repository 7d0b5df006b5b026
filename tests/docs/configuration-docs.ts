import { analyticsVariables } from '@aggregator/analytics';
import { apiGatewayVariables } from '@aggregator/api-gateway';
import { authVariables } from '@aggregator/auth';
import { billingVariables } from '@aggregator/billing';
import { mockProviderVariables } from '@aggregator/mock-provider-app';
import { providerOperatorVariables } from '@aggregator/provider-operator';
import { providerOrchestratorVariables } from '@aggregator/provider-orchestrator';
import { proxyVariables } from '@aggregator/proxy';
import type { ConfigShape, ConfigVariable } from '@aggregator/service-kit';
import { standaloneVariables } from '@aggregator/standalone';

const tables: readonly (readonly [string, ConfigShape])[] = [
  ['api-gateway', apiGatewayVariables],
  ['auth', authVariables],
  ['provider-orchestrator', providerOrchestratorVariables],
  ['proxy', proxyVariables],
  ['billing', billingVariables],
  ['analytics', analyticsVariables],
  ['mock-provider', mockProviderVariables],
  ['provider-operator', providerOperatorVariables],
  ['npm start', standaloneVariables],
];

/** The page docs/configuration.md, made from what the services really read. */
export function configurationDocs(): string {
  const sections = tables.map(([name, shape]) => {
    const rows = Object.values(shape).map(toRow);
    return `## ${name}\n\n| variable | default | what it is |\n|---|---|---|\n${rows.join('\n')}\n`;
  });
  return `# Configuration

Every variable that is read, by whom. Written by \`npm run docs:configuration\` from the tables in each app's \`config.ts\`.
A service reports all faults of its environment at once and does not start with any. Where only \`DATABASE_URL\` (a server) is
set, each service uses its own database on it: \`aggregator_auth\`, \`aggregator_billing\` and so on.

${sections.join('\n')}`;
}

function toRow(entry: ConfigVariable): string {
  const aliases = entry.aliases.length > 0 ? `<br>also ${entry.aliases.map((alias) => `\`${alias}\``).join(', ')}` : '';
  return `| \`${entry.name}\`${aliases} | ${describeDefault(entry)} | ${entry.description.replaceAll('|', '\\|')}${entry.isSecret ? ' Secret.' : ''} |`;
}

function describeDefault(entry: ConfigVariable): string {
  const unset = entry.schema.safeParse(undefined);
  if (!unset.success) return '**required**';
  if (entry.requiredUnless !== null) return `**required** unless \`${entry.requiredUnless}\` is set`;
  if (unset.data === undefined || unset.data === null) return 'unset';
  const text = Array.isArray(unset.data) ? unset.data.join(',') : String(unset.data);
  return text === '' ? 'empty' : `\`${text}\``;
}

/** The file .env.example: every variable that has no value as a comment, for `npm start` and compose. */
export function environmentExample(): string {
  const seen = new Set<string>();
  const sections = [...tables].sort(startFirst).map(([name, shape]) => {
    const entries = Object.values(shape).filter((entry) => !seen.has(entry.name));
    for (const entry of entries) seen.add(entry.name);
    const lines = entries.map((entry) => `# ${firstSentence(entry.description)}\n#${entry.name}=${toExample(entry)}`);
    return `## ${name}\n\n${lines.join('\n\n')}\n`;
  });
  return `# Copy this file to .env and remove the # before what you set. npm start reads .env; a variable of the environment wins.
# docs/configuration.md describes every variable. Written by npm run docs:configuration.

${sections.join('\n')}`;
}

/** Names that services read, for each of them. */
export const variableTables = tables;

/** What a newcomer sets comes first. */
function startFirst([left]: readonly [string, ConfigShape], [right]: readonly [string, ConfigShape]): number {
  return Number(right === 'npm start') - Number(left === 'npm start');
}

function firstSentence(text: string): string {
  return text.replaceAll('\n', ' ').split(/(?<=\.)\s/)[0] ?? text;
}

function toExample(entry: ConfigVariable): string {
  const unset = entry.schema.safeParse(undefined);
  if (!unset.success || unset.data === undefined || unset.data === null) return '';
  return Array.isArray(unset.data) ? unset.data.join(',') : String(unset.data);
}
