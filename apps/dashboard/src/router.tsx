import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { session } from './api/session.ts';
import { Bones } from './components/load.tsx';
import { Problem } from './components/problem.tsx';
import { NotFoundPage } from './pages/not-found.tsx';
import { SignInPage } from './pages/sign-in.tsx';
import { Shell } from './shell/shell.tsx';

const rootRoute = createRootRoute({ component: Outlet, notFoundComponent: NotFoundPage });

/** The page after signing in: a path of the dashboard, never another address. */
const readNext = (search: Record<string, unknown>): { next?: string } => {
  const next = search.next;
  return typeof next === 'string' && /^\/(?![/\\])/.test(next) ? { next } : {};
};

const signIn = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  validateSearch: readNext,
  component: SignInPage,
});

const outside = [
  ['/docs', lazyRouteComponent(() => import('./pages/reference/reference-page.tsx'), 'ReferencePage')],
  ['/register', lazyRouteComponent(() => import('./pages/register.tsx'), 'RegisterPage')],
  ['/invitation', lazyRouteComponent(() => import('./pages/invitation.tsx'), 'InvitationPage')],
  ['/verify-email', lazyRouteComponent(() => import('./pages/verify-email.tsx'), 'VerifyEmailPage')],
  ['/reset-password', lazyRouteComponent(() => import('./pages/reset-password.tsx'), 'ResetPasswordPage')],
] as const;

const inside = createRoute({
  getParentRoute: () => rootRoute,
  id: 'inside',
  component: Shell,
  beforeLoad: async ({ location }) => {
    if ((await session.token()) === null) throw redirect({ to: '/sign-in', search: { next: location.href } });
  },
});

const home = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/overview' });
  },
});

const pages = [
  ['/overview', lazyRouteComponent(() => import('./pages/overview/overview-page.tsx'), 'OverviewPage')],
  ['/start', lazyRouteComponent(() => import('./pages/start/start-page.tsx'), 'StartPage')],
  ['/keys', lazyRouteComponent(() => import('./pages/keys/keys-page.tsx'), 'KeysPage')],
  ['/models', lazyRouteComponent(() => import('./pages/models/models-page.tsx'), 'ModelsPage')],
  ['/playground', lazyRouteComponent(() => import('./pages/playground/playground-page.tsx'), 'PlaygroundPage')],
  ['/requests', lazyRouteComponent(() => import('./pages/requests/request-page.tsx'), 'RequestPage')],
  ['/usage', lazyRouteComponent(() => import('./pages/usage/usage-page.tsx'), 'UsagePage')],
  ['/billing', lazyRouteComponent(() => import('./pages/billing/billing-page.tsx'), 'BillingPage')],
  ['/invoices', lazyRouteComponent(() => import('./pages/invoices/invoices-page.tsx'), 'InvoicesPage')],
  ['/subscription', lazyRouteComponent(() => import('./pages/subscription/subscription-page.tsx'), 'SubscriptionPage')],
  ['/payers', lazyRouteComponent(() => import('./pages/payers/payers-page.tsx'), 'PayersPage')],
  ['/advice', lazyRouteComponent(() => import('./pages/advice/advice-page.tsx'), 'AdvicePage')],
  ['/budgets', lazyRouteComponent(() => import('./pages/budgets/budgets-page.tsx'), 'BudgetsPage')],
  ['/limits', lazyRouteComponent(() => import('./pages/limits/limits-page.tsx'), 'LimitsPage')],
  ['/operator/providers', lazyRouteComponent(() => import('./pages/operator/providers-page.tsx'), 'ProvidersPage')],
  ['/operator/traffic', lazyRouteComponent(() => import('./pages/operator/traffic-page.tsx'), 'TrafficPage')],
  ['/operator/organizations', lazyRouteComponent(() => import('./pages/operator/tenants-page.tsx'), 'TenantsPage')],
  ['/operator/prices', lazyRouteComponent(() => import('./pages/operator/prices-page.tsx'), 'PricesPage')],
  ['/operator/ledger', lazyRouteComponent(() => import('./pages/operator/ledger-page.tsx'), 'LedgerPage')],
  [
    '/operator/bank-transfers',
    lazyRouteComponent(() => import('./pages/operator/transfers-page.tsx'), 'TransfersPage'),
  ],
  ['/operator/alerts', lazyRouteComponent(() => import('./pages/operator/alerts-page.tsx'), 'AlertsPage')],
  [
    '/operator/dead-letters',
    lazyRouteComponent(() => import('./pages/operator/dead-letters-page.tsx'), 'DeadLettersPage'),
  ],
  [
    '/operator/reconciliation',
    lazyRouteComponent(() => import('./pages/operator/reconciliation-page.tsx'), 'ReconciliationPage'),
  ],
  ['/operator/sign-on', lazyRouteComponent(() => import('./pages/operator/sso-page.tsx'), 'SsoPage')],
  ['/operator/routes', lazyRouteComponent(() => import('./pages/operator/routes-page.tsx'), 'RoutesPage')],
  ['/team', lazyRouteComponent(() => import('./pages/team/team-page.tsx'), 'TeamPage')],
  ['/bulk', lazyRouteComponent(() => import('./pages/bulk/bulk-page.tsx'), 'BulkPage')],
  ['/scim', lazyRouteComponent(() => import('./pages/access/scim-page.tsx'), 'ScimPage')],
  ['/webhooks', lazyRouteComponent(() => import('./pages/webhooks/webhooks-page.tsx'), 'WebhooksPage')],
  ['/audit', lazyRouteComponent(() => import('./pages/audit/audit-page.tsx'), 'AuditPage')],
  ['/settings', lazyRouteComponent(() => import('./pages/settings/settings-page.tsx'), 'SettingsPage')],
] as const;

export function createAppRouter(queries: QueryClient) {
  const routes = rootRoute.addChildren([
    home,
    signIn,
    ...outside.map(([path, component]) => createRoute({ getParentRoute: () => rootRoute, path, component })),
    inside.addChildren(
      pages.map(([path, component]) => createRoute({ getParentRoute: () => inside, path, component })),
    ),
  ]);
  session.subscribe(() => {
    // What is under way with a token that ends would be a 401.
    if (session.state === 'leaving') void queries.cancelQueries();
    if (session.state === 'out') queries.clear();
  });
  return createRouter({
    routeTree: routes,
    defaultPreload: 'intent',
    defaultPendingComponent: Bones,
    defaultErrorComponent: ({ error, reset }) => <Problem error={error} onRetry={reset} />,
    scrollRestoration: true,
  });
}
