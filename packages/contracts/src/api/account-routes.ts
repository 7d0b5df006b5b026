import {
  changeEmailRequest,
  mailLinkRequest,
  resetPasswordRequest,
  verifyEmailRequest,
} from '../management/account-mails.ts';
import {
  apiKey,
  apiKeyList,
  createApiKeyRequest,
  createdApiKey,
  listApiKeysQuery,
  loginRequest,
  logoutRequest,
  refreshRequest,
  registerAnswer,
  registerRequest,
  revokeApiKeyQuery,
  rotateApiKeyQuery,
  tokenAnswer,
  updateProfileRequest,
  user,
} from '../management/identity.ts';
import { acceptInvitationRequest, showInvitationRequest, shownInvitation } from '../management/invitations.ts';
import { membershipList } from '../management/members.ts';
import { changePasswordRequest, sessionList } from '../management/sessions.ts';
import type { ApiRoute } from './route.ts';

const account = { tag: 'Account' } as const;
const keys = { tag: 'API keys', needs: 'keys.manage' } as const;
const open = { ...account, method: 'POST', needs: 'nothing' } as const;
const own = { ...account, needs: 'account.manage' } as const;

/** Sign-up, login, the own account and API keys. */
export const accountRoutes: readonly ApiRoute[] = [
  {
    ...{ ...open, path: '/v1/auth/register', summary: 'Create an account and its organisation' },
    ...{ body: registerRequest, status: 201, answer: registerAnswer, codes: ['email_taken', 'sign_up_closed'] },
  },
  {
    ...{ ...open, path: '/v1/auth/login', summary: 'Log in with a password' },
    ...{
      body: loginRequest,
      status: 200,
      answer: tokenAnswer,
      codes: ['invalid_credentials', 'email_not_verified', 'access_blocked'],
    },
  },
  {
    ...{ ...open, path: '/v1/auth/refresh', summary: 'Exchange a refresh token for new tokens' },
    ...{
      body: refreshRequest,
      status: 200,
      answer: tokenAnswer,
      codes: ['invalid_token', 'token_reused', 'access_blocked'],
    },
  },
  {
    ...{ ...open, path: '/v1/auth/invitations/show', summary: 'Show the invitation of a mail' },
    ...{ body: showInvitationRequest, status: 200, answer: shownInvitation, codes: ['not_found', 'invalid_token'] },
  },
  {
    ...{ ...open, path: '/v1/auth/invitations/accept', summary: 'Accept the invitation of a mail' },
    ...{ body: acceptInvitationRequest, status: 201, answer: registerAnswer, codes: ['not_found', 'invalid_token'] },
  },
  {
    ...{ ...open, path: '/v1/auth/email/request', summary: 'Send a mail that verifies an address' },
    ...{ body: mailLinkRequest, status: 202 },
  },
  {
    ...{ ...open, path: '/v1/auth/email/verify', summary: 'Verify an address with the token of a mail' },
    ...{ body: verifyEmailRequest, status: 204, codes: ['not_found', 'invalid_token'] },
  },
  {
    ...{ ...open, path: '/v1/auth/password/request', summary: 'Send a mail that resets a password' },
    ...{ body: mailLinkRequest, status: 202 },
  },
  {
    ...{ ...open, path: '/v1/auth/password/reset', summary: 'Set a new password with the token of a mail' },
    ...{ body: resetPasswordRequest, status: 204, codes: ['not_found'] },
  },
  {
    ...{ ...account, method: 'POST', path: '/v1/auth/logout', summary: 'End a session' },
    ...{ needs: 'credential', body: logoutRequest, isBodyOptional: true, status: 204 },
  },
  { ...own, method: 'GET', path: '/v1/users/profile', summary: 'Show the own profile', status: 200, answer: user },
  {
    ...{ ...own, method: 'PUT', path: '/v1/users/profile', summary: 'Change the own profile' },
    ...{ body: updateProfileRequest, status: 200, answer: user, isConditional: true },
  },
  {
    ...{ ...own, method: 'POST', path: '/v1/users/password', summary: 'Change the own password; other sessions end' },
    ...{ body: changePasswordRequest, status: 204 },
  },
  {
    ...{ ...own, method: 'POST', path: '/v1/users/email', summary: 'Send a mail that changes the own address' },
    ...{ body: changeEmailRequest, status: 202, codes: ['invalid_credentials', 'sso_required'] },
  },
  {
    ...{ ...own, method: 'GET', path: '/v1/users/sessions', summary: 'List the own sessions' },
    ...{ status: 200, answer: sessionList },
  },
  { ...own, method: 'DELETE', path: '/v1/users/sessions/{id}', summary: 'End one of the own sessions', status: 204 },
  {
    ...{ ...own, method: 'GET', path: '/v1/auth/memberships', summary: 'List the organisations of the caller' },
    ...{ status: 200, answer: membershipList },
  },
  {
    ...{ ...keys, method: 'POST', path: '/v1/auth/api-keys', summary: 'Create an API key; only this answer shows it' },
    ...{ body: createApiKeyRequest, status: 201, answer: createdApiKey, codes: ['not_found'] },
  },
  {
    ...{ ...keys, method: 'GET', path: '/v1/auth/api-keys', summary: 'List the API keys in reach, newest first' },
    ...{ query: listApiKeysQuery, status: 200, answer: apiKeyList },
  },
  {
    ...{ ...keys, method: 'GET', path: '/v1/auth/api-keys/{id}', summary: 'Show an API key' },
    ...{ status: 200, answer: apiKey },
  },
  {
    ...{ ...keys, method: 'DELETE', path: '/v1/auth/api-keys/{id}', summary: 'Revoke an API key' },
    ...{ query: revokeApiKeyQuery, status: 204, isConditional: true },
  },
  {
    ...{ ...keys, method: 'POST', path: '/v1/auth/api-keys/{id}/rotate', summary: 'Replace an API key by a new one' },
    ...{ query: rotateApiKeyQuery, status: 201, answer: createdApiKey, isConditional: true },
  },
];
