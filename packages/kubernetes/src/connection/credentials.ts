import { createHash } from 'node:crypto';
import type { RequestOptions } from 'node:https';
import { KubeConfig } from '@kubernetes/client-node';
import type { Clock } from '../port.ts';

/** TLS material of connections to the API server. */
export interface TlsMaterial {
  ca?: RequestOptions['ca'];
  cert?: RequestOptions['cert'];
  key?: RequestOptions['key'];
  servername?: string;
  rejectUnauthorized?: boolean;
}

export interface Credentials {
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: TlsMaterial;
  /**
   * Changes when connections must be opened again. The token is no part of it, because it travels with each request.
   */
  readonly tlsDigest: string;
}

export interface CredentialSource {
  /** Without a trailing slash. */
  readonly server: string;
  readonly namespace: string | null;
  read(): Promise<Credentials>;
  /** Makes the next `read` read everything again; called when the API server rejects the present credentials. */
  forget(): void;
}

/**
 * Files are looked at this often. A mounted token is renewed long before it expires; client-node keeps it for 60 s
 * besides.
 */
const keptMs = 10_000;

/**
 * From the kubeconfig at `path`; else from the places where kubectl looks ($KUBECONFIG, ~/.kube/config), then the pod's
 * service account.
 */
export function createCredentialSource(options: { path: string | undefined; clock: Clock }): CredentialSource {
  let config = loadConfig(options.path);
  let kept: { credentials: Promise<Credentials>; readAtMs: number } | undefined;
  const cluster = config.getCurrentCluster();
  if (cluster === null) throw new Error('The kubeconfig names no current cluster.');
  const namespace = config.getContextObject(config.getCurrentContext())?.namespace?.trim();

  return {
    server: cluster.server.replace(/\/+$/, ''),
    namespace: namespace === undefined || namespace === '' ? null : namespace,
    read() {
      const nowMs = options.clock.nowMs();
      if (kept === undefined || nowMs - kept.readAtMs > keptMs) {
        const credentials = readCredentials(config);
        const entry = { credentials, readAtMs: nowMs };
        kept = entry;
        credentials.catch(() => {
          if (kept === entry) kept = undefined;
        });
      }
      return kept.credentials;
    },
    forget() {
      config = loadConfig(options.path);
      kept = undefined;
    },
  };
}

function loadConfig(path: string | undefined): KubeConfig {
  const config = new KubeConfig();
  if (path === undefined) config.loadFromDefault();
  else config.loadFromFile(path);
  return config;
}

async function readCredentials(config: KubeConfig): Promise<Credentials> {
  const applied: RequestOptions = { headers: {} };
  await config.applyToHTTPSOptions(applied);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(applied.headers ?? {})) {
    if (value !== undefined) headers[name.toLowerCase()] = String(value).trim();
  }
  if (typeof applied.auth === 'string') {
    headers.authorization = `Basic ${Buffer.from(applied.auth).toString('base64')}`;
  }
  const tls: TlsMaterial = {};
  if (applied.ca !== undefined) tls.ca = applied.ca;
  if (applied.cert !== undefined) tls.cert = applied.cert;
  if (applied.key !== undefined) tls.key = applied.key;
  if (applied.servername !== undefined) tls.servername = applied.servername;
  if (applied.rejectUnauthorized !== undefined) tls.rejectUnauthorized = applied.rejectUnauthorized;
  return { headers, tls, tlsDigest: digestOf(tls) };
}

function digestOf(tls: TlsMaterial): string {
  const parts = [tls.ca, tls.cert, tls.key, tls.servername, tls.rejectUnauthorized].map((part) => String(part));
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
