import type { RequestListener } from 'node:http';
import { serviceNames } from '@aggregator/contracts';
import { createExpressApp, jsonBody, requirePeer, requirePrincipal } from '@aggregator/service-kit';
import type { ProviderOrchestratorContext } from './context.ts';
import { listModels } from './routes/list-models/handler.ts';
import { listProviders } from './routes/list-providers/handler.ts';
import { recordSnapshotAck } from './routes/record-snapshot-ack/handler.ts';
import { showSnapshotState } from './routes/show-snapshot-state/handler.ts';
import { streamSnapshots } from './routes/stream-snapshots/handler.ts';

export function createProviderOrchestratorApp(context: ProviderOrchestratorContext): RequestListener {
  const { verifier } = context;
  const fromProxy = requirePeer(verifier, ['proxy']);
  const fromPeer = requirePeer(verifier, serviceNames);
  return createExpressApp('provider-orchestrator', context, (app) => {
    app.get('/internal/snapshots', fromProxy, streamSnapshots(context));
    app.post('/internal/snapshots/acks', fromProxy, jsonBody, recordSnapshotAck(context));
    app.get('/internal/snapshots/state', fromPeer, showSnapshotState(context));

    app.get('/v1/orchestrator/models', requirePrincipal(verifier, 'ai:invoke'), listModels(context));
    app.get('/v1/orchestrator/providers', requirePrincipal(verifier, 'providers:manage'), listProviders(context));
  });
}
