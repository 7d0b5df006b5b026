import { runService } from '@aggregator/service-kit';
import { authService } from './index.ts';

await runService(authService);
