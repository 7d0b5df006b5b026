import { claudeCode } from './clients/claude-code.ts';
import { describeAgent } from './describe-agent.ts';

describeAgent(claudeCode);
