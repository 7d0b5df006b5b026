import { runService } from '@aggregator/service-kit';
import { providerOrchestratorService } from './index.ts';

await runService(providerOrchestratorService);
