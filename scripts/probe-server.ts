// `npm run providers:probe -- <base URL> [model]`: proposes the profile of an OpenAI-compatible server. Its key is read from
// PROBE_API_KEY. Sends at most 40 chats of a few tokens; what they cost is the server's to say.
import { type ProbeSend, proposeProfile } from '@aggregator/providers';
import { processEnvironment } from '@aggregator/service-kit';

const answerMs = 30_000;
const bodyCharactersMax = 1024 * 1024;
const versionPath = '/v1';

const send: ProbeSend = async ({ method, url, headers }, body) => {
  try {
    const answer = await fetch(url, {
      method,
      headers,
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(answerMs),
    });
    const text = (await answer.text()).slice(0, bodyCharactersMax);
    return { status: answer.status, headers: Object.fromEntries(answer.headers), body: text };
  } catch {
    return null;
  }
};

const [address = '', model = null] = process.argv.slice(2);
if (!URL.canParse(address)) {
  process.stderr.write('Usage: npm run providers:probe -- <base URL> [model]\n');
  process.exit(2);
}
const { origin, pathname } = new URL(address);
const path = pathname.replace(/\/+$/, '');
const baseUrl = origin + (path === '' ? versionPath : path);
const credential = processEnvironment().PROBE_API_KEY || null;
const { profile, models, findings } = await proposeProfile({ baseUrl, credential, model }, send);
for (const finding of findings) process.stdout.write(`- ${finding}\n`);
process.stdout.write(`
CUSTOM_BASE_URL=${baseUrl}
CUSTOM_MODELS=${models.slice(0, 20).join(',')}
CUSTOM_PROFILE='${JSON.stringify(profile)}'
`);
