import { runService } from '@aggregator/service-kit';
import { proxyService } from './index.ts';

await runService(proxyService);
