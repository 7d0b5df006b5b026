import type { EgressAllowlist, IdentityVerifier, ServiceContext } from '@aggregator/service-kit';
import type { SignUpPolicy } from './accounts/sign-up-policy.ts';
import type { LoginGuard } from './attempts/login-guard.ts';
import type { Database } from './database/create-database.ts';
import type { AuthEvents } from './events.ts';
import type { KeyHasher } from './keys/key-hasher.ts';
import type { InstallationLimits } from './limits/installation-limits.ts';
import type { MailQueue } from './mail/mail-queue.ts';
import type { PasswordKeeper } from './passwords/password-keeper.ts';
import type { SecretSealer } from './secrets/secret-sealer.ts';
import type { LoginSuspicion } from './security/login-suspicion.ts';
import type { ReportKeys } from './security/verify-report.ts';
import type { AccessTokenSigner } from './sessions/access-token-signer.ts';
import type { OidcClients } from './sso/oidc-clients.ts';
import type { LoginSealer } from './sso/pending-login.ts';
import type { BoundedQueue } from './turns/bounded-queue.ts';

export interface AuthContext extends ServiceContext {
  readonly database: Database;
  readonly verifier: IdentityVerifier;
  readonly events: AuthEvents;
  readonly passwords: PasswordKeeper;
  /** Changes by their callers: each takes a connection to the database, and may wait for a lock while it has it. */
  readonly changes: BoundedQueue;
  readonly loginGuard: LoginGuard;
  readonly keyHasher: KeyHasher;
  readonly accessTokens: AccessTokenSigner;
  readonly limits: InstallationLimits;
  readonly mails: MailQueue;
  readonly signUp: SignUpPolicy;
  readonly invitationsPerDay: number;
  readonly sendsMails: boolean;
  /** Start of the addresses of this installation, as browsers see them. */
  readonly publicUrl: string;
  /** Begins the work on a list of people that was just given. */
  wakeBulk(): void;
  readonly ssoAllowlist: EgressAllowlist;
  readonly oidcClients: OidcClients;
  readonly ssoSecrets: SecretSealer;
  readonly webhookSecrets: SecretSealer;
  /** API keys that lists made, until their maker has read them. */
  readonly bulkKeys: SecretSealer;
  readonly webhookAllowlist: EgressAllowlist;
  readonly ssoLogins: LoginSealer;
  readonly leakReportKeys: ReportKeys;
  readonly leakedKeyAction: 'revoke' | 'block';
  readonly loginSuspicion: LoginSuspicion;
  now(): Date;
}
