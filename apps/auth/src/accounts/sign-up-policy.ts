import { AppError } from '@aggregator/contracts';
import { ConfigError } from '@aggregator/service-kit';
import type { AuthConfig } from '../config.ts';

/** Who can make an account, and whether its address must be verified before a login. */
export interface SignUpPolicy {
  readonly mode: AuthConfig['signUp'];
  readonly domains: readonly string[];
  readonly isVerificationRequired: boolean;
}

/** Throws ConfigError if a verification is required that no mail can ask for, or no domain is named. */
export function toSignUpPolicy({
  signUp: mode,
  signUpDomains: domains = [],
  emailVerification,
  mailTransport,
}: Pick<AuthConfig, 'signUp' | 'signUpDomains' | 'emailVerification' | 'mailTransport'>): SignUpPolicy {
  const isVerificationRequired = emailVerification === 'required' || mode === 'domains';
  const faults = [
    ...(mode === 'domains' && domains.length === 0 ? ['SIGN_UP_DOMAINS: must be set for SIGN_UP=domains.'] : []),
    ...(isVerificationRequired && mailTransport === 'none'
      ? ['MAIL_TRANSPORT: must not be none, since e-mail addresses must be verified.']
      : []),
  ];
  if (faults.length > 0) throw new ConfigError(faults);
  return { mode, domains, isVerificationRequired };
}

/** Checks that a person at an address can make an account. Throws `sign_up_closed`. */
export function requireSignUp({ mode, domains }: SignUpPolicy, email: string, isInvited: boolean): void {
  const domain = email.slice(email.lastIndexOf('@') + 1);
  const isAllowed = {
    open: true,
    domains: isInvited || domains.includes(domain),
    'invite-only': isInvited,
    closed: false,
  }[mode];
  if (!isAllowed) throw new AppError('sign_up_closed');
}
