export interface Actor {
  /** Null where the installation itself acts. */
  userId: string | null;
  keyId: string | null;
  /** Another credential that acted, such as `scim:<id of the token>`; absent for a user or an API key. */
  peer?: string;
  requestId: string | undefined;
}

export interface AuditedChange {
  organizationId: string;
  action:
    | 'organization_registered'
    | 'organization_updated'
    | 'user_created'
    | 'profile_updated'
    | 'session_ended'
    | 'session_killed'
    | 'api_key_created'
    | 'api_key_revoked'
    | 'api_key_rotated'
    | 'ceilings_set'
    | 'access_blocked'
    | 'access_unblocked'
    | 'password_changed'
    | 'member_role_changed'
    | 'member_removed'
    | 'member_left'
    | 'ownership_transferred'
    | 'api_key_handed_over'
    | 'service_account_created'
    | 'team_created'
    | 'team_updated'
    | 'team_deleted'
    | 'team_member_set'
    | 'team_member_removed'
    | 'invitation_created'
    | 'invitation_revoked'
    | 'invitation_accepted'
    | 'email_verified'
    | 'email_change_requested'
    | 'email_changed'
    | 'operator_appointed'
    | 'deletion_requested'
    | 'deletion_cancelled'
    | 'organization_deleted'
    | 'sso_provider_set'
    | 'sso_provider_deleted'
    | 'sso_identity_linked'
    | 'account_reclaimed'
    | 'member_joined'
    | 'budget_created'
    | 'budget_updated'
    | 'budget_deleted'
    | 'limit_created'
    | 'limit_updated'
    | 'limit_deleted'
    | 'scim_token_created'
    | 'scim_token_revoked'
    | 'scim_token_handed_over'
    | 'bulk_job_created'
    | 'webhook_created'
    | 'webhook_deleted'
    | 'webhook_tested'
    | 'webhook_replayed'
    | 'security_event';
  subjectType:
    | 'organization'
    | 'user'
    | 'session'
    | 'api_key'
    | 'team'
    | 'invitation'
    | 'budget'
    | 'limit'
    | 'sso_provider'
    | 'scim_token'
    | 'bulk_job'
    | 'webhook';
  subjectId: string;
  /** What changed; never a secret, never personal data. */
  details?: Readonly<Record<string, string | number | readonly string[]>>;
}
