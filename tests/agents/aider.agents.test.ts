import { aider } from './clients/aider.ts';
import { describeAgent } from './describe-agent.ts';

describeAgent(aider);
