import { codex } from './clients/codex.ts';
import { describeAgent } from './describe-agent.ts';

describeAgent(codex);
