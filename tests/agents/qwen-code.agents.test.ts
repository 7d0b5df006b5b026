import { qwenCode } from './clients/qwen-code.ts';
import { describeAgent } from './describe-agent.ts';

describeAgent(qwenCode);
