import { runService } from '@aggregator/service-kit';
import { apiGatewayService } from './index.ts';

await runService(apiGatewayService);
