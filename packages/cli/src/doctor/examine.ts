import type { Api, Reply } from '../client/call.ts';
import { CliError } from '../client/cli-error.ts';
import { type Finding, type Judge, judges } from './judges.ts';

export type { Finding } from './judges.ts';

const skipped: readonly number[] = [401, 403, 404];

/** Runs every check, one after another. What the credential cannot see is skipped, with the reason. */
export async function examine(api: Api): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const judge of judges) {
    const finding = await check(api, judge);
    findings.push(finding);
    // Nothing else can be seen then.
    if (judge.isFirst === true && finding.state === 'fail') return findings;
  }
  return findings;
}

async function check(api: Api, judge: Judge): Promise<Finding> {
  const { name: check, path } = judge;
  let reply: Reply;
  try {
    reply = await api.send('GET', path);
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    return { check, state: 'fail', found: error.message, advice: 'Start the gateway, or correct the address.' };
  }
  if (judge.takes === 'any') return { check, ...judge.judge(reply, Date.now(), api.url) };
  if (skipped.includes(reply.status)) {
    return { check, state: 'skip', found: `status ${reply.status}`, advice: judge.credential };
  }
  if (reply.status !== 200) {
    return {
      check,
      state: 'fail',
      found: `status ${reply.status}`,
      advice: 'Look for the request in the log of the service.',
    };
  }
  return { check, ...judge.judge(reply, Date.now(), api.url) };
}
