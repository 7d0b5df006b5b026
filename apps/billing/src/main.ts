import { runService } from '@aggregator/service-kit';
import { billingService } from './index.ts';

await runService(billingService);
