import { isModelServerPort, judgeHost } from './judge-host.ts';

const lengthMax = 8192;

/**
 * True if a provider may be asked to fetch an image or a file from this address: https to a public host, without a user
 * name, judged by the same list as addresses of providers. The gateway fetches nothing itself and resolves no name, so a
 * self-hosted provider that fetches must judge what a name resolves to.
 */
export function isPublicContentUrl(text: string): boolean {
  if (text.length > lengthMax || !URL.canParse(text)) return false;
  const { protocol, hostname, port, username, password } = new URL(text);
  if (protocol !== 'https:' || username !== '' || password !== '') return false;
  return judgeHost(hostname) === null && isModelServerPort(port === '' ? 443 : Number(port));
}
