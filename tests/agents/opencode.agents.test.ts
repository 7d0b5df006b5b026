import { opencode } from './clients/opencode.ts';
import { describeAgent } from './describe-agent.ts';

describeAgent(opencode);
