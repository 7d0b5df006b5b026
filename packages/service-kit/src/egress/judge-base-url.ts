import { type EgressAllowlist, emptyAllowlist } from './egress-allowlist.ts';
import { isModelServerPort, judgeHost } from './judge-host.ts';

export type BaseUrlVerdict =
  | { readonly isAllowed: true; readonly url: URL }
  /** `reason` is fit for the caller's eyes: it says what is wrong with what they sent. */
  | { readonly isAllowed: false; readonly reason: string };

const lengthMax = 2000;

/**
 * Whether a provider's address may be saved: https to a public name or address, spelled plainly, with nothing in it that
 * belongs to a credential, a query or another service. What the allowlist names may also be private, plain http, or on any port.
 * Says nothing of what a name resolves to: that is judged when connecting (`createEgressConnector`).
 */
export function judgeBaseUrl(text: string, allowlist: EgressAllowlist = emptyAllowlist): BaseUrlVerdict {
  const spelled =
    /^(https?):\/\/(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?(\/[A-Za-z0-9._~!$&'()*+,;=:@/-]*)?$/.exec(text);
  if (text.length > lengthMax || spelled === null) {
    return refuse('write it as https://host/path in plain letters, without a user name, a query or escapes');
  }
  if (!URL.canParse(text)) return refuse('it is not a URL');
  const url = new URL(text);
  const [, scheme, host = '', , path = '/'] = spelled;
  // What the parser rewrites is another spelling of something else: 0x7f.1, 127.1, 2130706433, /a/../b.
  if (url.hostname !== host.toLowerCase()) return refuse(`write the host as '${url.hostname}'`);
  if (url.pathname !== path) return refuse(`write the path as '${url.pathname}'`);
  const port = url.port === '' ? defaultPort(url) : Number(url.port);
  if (allowlist.hasHost(url.hostname, port)) return { isAllowed: true, url };
  if (scheme !== 'https') return refuse('it must be https');
  const hostReason = judgeHost(url.hostname);
  if (hostReason !== null) return refuse(hostReason);
  if (/(?:^|\.)xn--/.test(url.hostname)) return refuse('the host has letters that can be mistaken for others');
  if (!isModelServerPort(port)) return refuse(`port ${port} belongs to another kind of service`);
  return { isAllowed: true, url };
}

export function defaultPort(url: URL): number {
  return url.protocol === 'https:' ? 443 : 80;
}

function refuse(reason: string): BaseUrlVerdict {
  return { isAllowed: false, reason };
}
