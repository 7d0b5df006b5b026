import { Agent, type buildConnector, type Dispatcher, EnvHttpProxyAgent } from 'undici';
import { z } from 'zod';
import { type ConfigVariable, variable } from '../config/read-config.ts';
import type { EgressAllowlist } from './egress-allowlist.ts';
import { createEgressConnector, EgressRefused } from './egress-connector.ts';
import { judgeHost } from './judge-host.ts';

/** The HTTP proxies of a company's network, as its other programs read them from the environment. */
export interface HttpProxies {
  readonly httpProxy?: string | undefined;
  readonly httpsProxy?: string | undefined;
  /** Hosts that are reached directly, separated by commas; `*` is all. */
  readonly noProxy?: string | undefined;
}

const proxyUrl = z
  .url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' })
  .transform((url) => url.replace(/\/$/, ''))
  .optional();

export const httpProxyVariables = {
  httpProxy: variable('HTTP_PROXY', proxyUrl, 'HTTP proxy for providers with an http:// address.', {
    aliases: ['http_proxy'],
    isSecret: true,
  }),
  httpsProxy: variable(
    'HTTPS_PROXY',
    proxyUrl,
    'HTTP proxy for providers with an https:// address; unset, HTTP_PROXY has them too. The proxy resolves their names, so it decides which addresses they may lead to.',
    { aliases: ['https_proxy'], isSecret: true },
  ),
  noProxy: variable(
    'NO_PROXY',
    z.string().max(10_000).optional(),
    'Hosts of providers that are reached without a proxy, separated by commas: a name with its subdomains, an address, `host:port`, or `*`. This machine is always reached directly.',
    { aliases: ['no_proxy'] },
  ),
} satisfies Record<string, ConfigVariable>;

const thisMachine = 'localhost,127.0.0.1,[::1]';

export function hasHttpProxy({ httpProxy, httpsProxy }: HttpProxies): boolean {
  return httpProxy !== undefined || httpsProxy !== undefined;
}

export interface EgressAgentOptions {
  /** What may be called although it is not public; null if the operator set the address, which may be any. */
  readonly allowlist: EgressAllowlist | null;
  readonly proxies: HttpProxies;
  readonly connect: buildConnector.BuildOptions & { timeout: number };
  readonly agent: Omit<Agent.Options, 'connect'>;
}

/**
 * Returns an agent for calls of providers, through the company's HTTP proxy if there is one. Without a proxy the address
 * that is judged is the one that is connected to (I20). A proxy resolves names itself, so the host is judged by its spelling
 * before the proxy is asked, and the addresses behind a name are the proxy's to judge.
 */
export function createEgressAgent({ allowlist, proxies, connect, agent }: EgressAgentOptions): Dispatcher {
  const direct = allowlist === null ? connect : createEgressConnector(allowlist, connect);
  if (!hasHttpProxy(proxies)) return new Agent({ ...agent, connect: direct });
  const { httpProxy, httpsProxy = httpProxy, noProxy } = proxies;
  const proxied = new EnvHttpProxyAgent({
    ...agent,
    connect: direct,
    connectTimeout: connect.timeout,
    proxyTls: { timeout: connect.timeout },
    // What a private server asks for reaches it through the tunnel.
    ...(('ca' in connect || 'cert' in connect) && { requestTls: connect }),
    // Absent would mean the environment of this process.
    httpProxy: httpProxy ?? '',
    httpsProxy: httpsProxy ?? '',
    noProxy: noProxy === undefined ? thisMachine : `${noProxy},${thisMachine}`,
  });
  return allowlist === null ? proxied : proxied.compose(judgeOrigin(allowlist));
}

function judgeOrigin(allowlist: EgressAllowlist): Dispatcher.DispatcherComposeInterceptor {
  return (dispatch) => (options, handler) => {
    const { hostname, port, protocol } = new URL(String(options.origin));
    const portNumber = Number(port) || (protocol === 'https:' ? 443 : 80);
    if (judgeHost(hostname) === null || allowlist.hasHost(hostname, portNumber)) return dispatch(options, handler);
    throw new EgressRefused(hostname);
  };
}
