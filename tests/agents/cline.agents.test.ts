import { cline } from './clients/cline.ts';
import { describeAgent } from './describe-agent.ts';

describeAgent(cline);
