// `npm run dead-letters -- list | show <id> | replay <id> | drop <id>`: events of usage that billing could not post, through the
// gateway at BASE_URL, with the access token or API key of an operator in ADMIN_TOKEN. Ends with 1 where it is refused.
import { processEnvironment } from '@aggregator/service-kit';

const [command = 'list', id = ''] = process.argv.slice(2);
const { BASE_URL = 'http://127.0.0.1:3000', ADMIN_TOKEN = '' } = processEnvironment();
const letters = '/v1/billing/dead-letters';
const requests: Readonly<Record<string, readonly [string, string]>> = {
  list: ['GET', `${letters}?limit=100`],
  show: ['GET', `${letters}/${id}`],
  replay: ['POST', `${letters}/${id}/replay`],
  drop: ['DELETE', `${letters}/${id}`],
};
const request = requests[command];
if (request === undefined || (command !== 'list' && !/^[0-9a-f-]{36}$/.test(id))) {
  process.stderr.write('usage: dead-letters list | show <id> | replay <id> | drop <id>\n');
  process.exit(1);
}
const [method, path] = request;
const headers: Record<string, string> = { authorization: `Bearer ${ADMIN_TOKEN}` };
if (method === 'POST') headers['idempotency-key'] = crypto.randomUUID();
const response = await fetch(new URL(path, BASE_URL), { method, headers });
const text = await response.text();
process.stdout.write(text === '' ? `${response.status}\n` : `${text}\n`);
process.exitCode = response.ok ? 0 : 1;
