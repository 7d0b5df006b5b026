import type { RequestListener } from 'node:http';
import { permissions } from '@aggregator/contracts';
import { createExpressApp, jsonBody, requirePeer, requirePrincipal } from '@aggregator/service-kit';
import type { AnalyticsContext } from './context.ts';
import { createSilenceHandler } from './routes/create-silence/handler.ts';
import { deleteSilenceHandler } from './routes/delete-silence/handler.ts';
import { listAlertsHandler } from './routes/list-alerts/handler.ts';
import { listHourTotals } from './routes/list-hour-totals/handler.ts';
import { listSilencesHandler } from './routes/list-silences/handler.ts';
import { showDashboard } from './routes/show-dashboard/handler.ts';
import { showMetrics } from './routes/show-metrics/handler.ts';
import { showQuality } from './routes/show-quality/handler.ts';
import { showUserUsage } from './routes/show-user-usage/handler.ts';
import { testAlertsHandler } from './routes/test-alerts/handler.ts';

export function createAnalyticsApp(context: AnalyticsContext): RequestListener {
  const mayReadUsage = requirePrincipal(context.verifier, 'usage:read');
  const manages = requirePrincipal(context.verifier, permissions['alerts.manage'].needs);
  return createExpressApp(context, (app) => {
    app.get('/v1/analytics/dashboard', mayReadUsage, showDashboard(context));
    app.get('/v1/analytics/metrics', mayReadUsage, showMetrics(context));
    app.get('/v1/analytics/quality', mayReadUsage, showQuality(context));
    app.get('/v1/users/usage', mayReadUsage, showUserUsage(context));
    app.get('/v1/analytics/alerts', manages, listAlertsHandler(context));
    app.post('/v1/analytics/alerts/test', manages, testAlertsHandler(context));
    app.get('/v1/analytics/silences', manages, listSilencesHandler(context));
    app.post('/v1/analytics/silences', manages, jsonBody, createSilenceHandler(context));
    app.delete('/v1/analytics/silences/:id', manages, deleteSilenceHandler(context));
    app.get('/internal/hour-totals', requirePeer(context.verifier, ['billing']), listHourTotals(context));
  });
}
