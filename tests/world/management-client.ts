import {
  type BalanceAnswer,
  balanceAnswer,
  type DashboardAnswer,
  dashboardAnswer,
  type Transaction,
  transactionPage,
} from '@aggregator/contracts';

/** The management API, as a person with a key or a token uses it. */
export interface ManagementClient {
  request(method: string, path: string, body?: unknown): Promise<{ status: number; json: unknown }>;
  balance(): Promise<BalanceAnswer>;
  /** Every transaction, oldest last, over all pages. */
  transactions(): Promise<Transaction[]>;
  dashboard(): Promise<DashboardAnswer>;
}

const pagesMax = 200;

export function createManagementClient(baseUrl: string, credential: string | null): ManagementClient {
  async function request(method: string, path: string, body?: unknown) {
    const answer = await fetch(`${baseUrl}${path}`, {
      method,
      headers: {
        ...(credential === null ? {} : { authorization: `Bearer ${credential}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(60_000),
    });
    const text = await answer.text();
    return { status: answer.status, json: text === '' ? null : (JSON.parse(text) as unknown) };
  }

  async function get(path: string): Promise<unknown> {
    const { status, json } = await request('GET', path);
    if (status !== 200) throw new Error(`GET ${path} answered ${status}: ${JSON.stringify(json)}`);
    return json;
  }

  return {
    request,
    balance: async () => balanceAnswer.parse(await get('/v1/billing/balance')),
    dashboard: async () => dashboardAnswer.parse(await get('/v1/analytics/dashboard')),
    async transactions() {
      const found: Transaction[] = [];
      let cursor: string | null = '';
      for (let page = 0; page < pagesMax && cursor !== null; page += 1) {
        const query: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
        const parsed = transactionPage.parse(await get(`/v1/billing/transactions?limit=100${query}`));
        found.push(...parsed.data);
        cursor = parsed.nextCursor;
      }
      return found;
    },
  };
}
