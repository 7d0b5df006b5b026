import type { IncomingMessage } from 'node:http';
import { ssoCookieName } from '@aggregator/contracts';
import type { Response } from 'express';
import { pendingMs } from './pending-login.ts';

const path = '/v1/auth/sso';

/** `SameSite=Lax`: the browser sends it when the identity provider sends people back, and with no request of another site. */
function cookieOf(publicUrl: string, value: string, seconds: number): string {
  const secure = publicUrl.startsWith('https:') ? '; Secure' : '';
  return `${ssoCookieName}=${value}; Path=${path}; Max-Age=${seconds}; HttpOnly; SameSite=Lax${secure}`;
}

export function setLoginCookie(response: Response, publicUrl: string, value: string): void {
  response.set('set-cookie', cookieOf(publicUrl, value, pendingMs / 1000));
}

export function clearLoginCookie(response: Response, publicUrl: string): void {
  response.set('set-cookie', cookieOf(publicUrl, '', 0));
}

export function readLoginCookie({ headers }: Pick<IncomingMessage, 'headers'>): string | undefined {
  const pairs = (headers.cookie ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${ssoCookieName}=`))?.slice(ssoCookieName.length + 1);
}
