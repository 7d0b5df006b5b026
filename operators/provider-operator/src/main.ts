import { runService } from '@aggregator/service-kit';
import { providerOperatorService } from './index.ts';

await runService(providerOperatorService);
