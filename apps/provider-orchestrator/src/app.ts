import type { RequestListener } from 'node:http';
import { peerNames } from '@aggregator/contracts';
import {
  createExpressApp,
  jsonBody,
  jsonBodyUpTo,
  peerJsonBounds,
  requirePeer,
  requirePrincipal,
} from '@aggregator/service-kit';
import type { ProviderOrchestratorContext } from './context.ts';
import { answerCredentials } from './routes/answer-credentials/handler.ts';
import { createPrice } from './routes/create-price/handler.ts';
import { createPriceRule } from './routes/create-price-rule/handler.ts';
import { createProvider } from './routes/create-provider/handler.ts';
import { deleteProvider } from './routes/delete-provider/handler.ts';
import { deleteRoute } from './routes/delete-route/handler.ts';
import { endPrice } from './routes/end-price/handler.ts';
import { endPriceRule } from './routes/end-price-rule/handler.ts';
import { listModelOffers } from './routes/list-model-offers/handler.ts';
import { listModels } from './routes/list-models/handler.ts';
import { listPriceDifferences } from './routes/list-price-differences/handler.ts';
import { listPriceRules } from './routes/list-price-rules/handler.ts';
import { listPrices } from './routes/list-prices/handler.ts';
import { listProviders } from './routes/list-providers/handler.ts';
import { listRoutes } from './routes/list-routes/handler.ts';
import { putDeclarations } from './routes/put-declarations/handler.ts';
import { putDeclaredCredentials } from './routes/put-declared-credentials/handler.ts';
import { putProviderModels } from './routes/put-provider-models/handler.ts';
import { putRoute } from './routes/put-route/handler.ts';
import { recordProxyReport } from './routes/record-proxy-report/handler.ts';
import { showProvider } from './routes/show-provider/handler.ts';
import { showRoute } from './routes/show-route/handler.ts';
import { showRoutingState } from './routes/show-routing-state/handler.ts';
import { streamSnapshots } from './routes/stream-snapshots/handler.ts';
import { updateProvider } from './routes/update-provider/handler.ts';

const providers = '/v1/orchestrator/providers';
const routes = '/v1/orchestrator/routes';
const prices = '/v1/orchestrator/prices';
const priceRules = '/v1/orchestrator/price-rules';
const declarations = '/internal/declarations/:owner';
/** 500 keys of 4 KiB. */
const credentialsBytesMax = 4 * 1024 * 1024;
/** 500 providers and 5000 routes as they are written by hand; more of them than is likely fit. */
const declarationsBytesMax = 16 * 1024 * 1024;

export function createProviderOrchestratorApp(context: ProviderOrchestratorContext): RequestListener {
  const { verifier } = context;
  const fromProxy = requirePeer(verifier, ['proxy']);
  const fromOperator = requirePeer(verifier, ['provider-operator']);
  const fromPeer = requirePeer(verifier, peerNames);
  const manager = requirePrincipal(verifier, 'providers:manage');
  const pricesManager = requirePrincipal(verifier, 'prices:manage');
  return createExpressApp(context, (app) => {
    app.get('/internal/snapshots', fromProxy, streamSnapshots(context));
    app.post('/internal/proxies/reports', fromProxy, jsonBody, recordProxyReport(context));
    app.get('/internal/routing-state', fromPeer, showRoutingState(context));
    app.get('/internal/model-offers', requirePeer(verifier, ['billing']), listModelOffers(context));
    app.put(
      `${declarations}/credentials`,
      fromOperator,
      jsonBodyUpTo(credentialsBytesMax),
      putDeclaredCredentials(context),
    );
    app.put(declarations, fromOperator, jsonBodyUpTo(declarationsBytesMax, peerJsonBounds), putDeclarations(context));
    app.post('/internal/credentials', fromProxy, jsonBody, answerCredentials(context));

    app.get('/v1/orchestrator/models', requirePrincipal(verifier, 'ai:invoke'), listModels(context));

    app.get('/v1/orchestrator/state', manager, showRoutingState(context));
    app.get(providers, manager, listProviders(context));
    app.post(providers, manager, jsonBody, createProvider(context));
    app.get(`${providers}/:name`, manager, showProvider(context));
    app.patch(`${providers}/:name`, manager, jsonBody, updateProvider(context));
    app.delete(`${providers}/:name`, manager, deleteProvider(context));
    app.put(`${providers}/:name/models`, manager, jsonBody, putProviderModels(context));

    app.get(routes, manager, listRoutes(context));
    app.get(`${routes}/:name`, manager, showRoute(context));
    app.put(`${routes}/:name`, manager, jsonBody, putRoute(context));
    app.delete(`${routes}/:name`, manager, deleteRoute(context));

    app.get(prices, pricesManager, listPrices(context));
    app.post(prices, pricesManager, jsonBody, createPrice(context));
    app.get(`${prices}/differences`, pricesManager, listPriceDifferences(context));
    app.delete(`${prices}/:id`, pricesManager, endPrice(context));
    app.get(priceRules, pricesManager, listPriceRules(context));
    app.post(priceRules, pricesManager, jsonBody, createPriceRule(context));
    app.delete(`${priceRules}/:id`, pricesManager, endPriceRule(context));
  });
}
