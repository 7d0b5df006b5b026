import type { RequestListener } from 'node:http';
import { createExpressApp, requirePeer, requirePrincipal } from '@aggregator/service-kit';
import type { AnalyticsContext } from './context.ts';
import { listHourTotals } from './routes/list-hour-totals/handler.ts';
import { showDashboard } from './routes/show-dashboard/handler.ts';
import { showMetrics } from './routes/show-metrics/handler.ts';
import { showUserUsage } from './routes/show-user-usage/handler.ts';

export function createAnalyticsApp(context: AnalyticsContext): RequestListener {
  const mayReadUsage = requirePrincipal(context.verifier, 'usage:read');
  return createExpressApp(context, (app) => {
    app.get('/v1/analytics/dashboard', mayReadUsage, showDashboard(context));
    app.get('/v1/analytics/metrics', mayReadUsage, showMetrics(context));
    app.get('/v1/users/usage', mayReadUsage, showUserUsage(context));
    app.get('/internal/hour-totals', requirePeer(context.verifier, ['billing']), listHourTotals(context));
  });
}
