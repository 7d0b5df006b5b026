import { runService } from '@aggregator/service-kit';
import { analyticsService } from './index.ts';

await runService(analyticsService);
