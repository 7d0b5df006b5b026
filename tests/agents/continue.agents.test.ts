import { continueCli } from './clients/continue.ts';
import { describeAgent } from './describe-agent.ts';

describeAgent(continueCli);
