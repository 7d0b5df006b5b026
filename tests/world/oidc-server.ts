import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';

export interface OidcServer {
  readonly issuer: string;
  stop(): Promise<void>;
}

export interface OidcPerson {
  readonly email: string;
  readonly name: string;
  readonly groups: readonly string[];
}

/** A certified OpenID provider with one client. People are known by the name that they log in with. */
export async function startOidcServer(
  people: Readonly<Record<string, OidcPerson>>,
  redirectUri: string,
): Promise<OidcServer> {
  let listener: RequestListener = () => undefined;
  const server = createServer((request, response) => listener(request, response));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(issuer, {
    clients: [{ client_id: 'aggregator', client_secret: 'a secret of the client', redirect_uris: [redirectUri] }],
    claims: { email: ['email', 'email_verified'], profile: ['name'], groups: ['groups'] },
    scopes: ['openid', 'email', 'profile', 'groups'],
    pkce: { required: () => true },
    findAccount: (_context, id) => ({
      accountId: id,
      claims: async () => ({ sub: id, email_verified: true, ...people[id] }),
    }),
  });
  listener = provider.callback();
  return { issuer, stop: () => close(server) };
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
}
