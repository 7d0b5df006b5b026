import { join } from 'node:path';
import { type Agent, isTool, type Toolbox } from '../agent.ts';
import { ToolTask } from '../tool-task.ts';
import { toPatch } from './to-patch.ts';

const toolbox: Toolbox = {
  mainTool: 'exec_command',
  toCall(action, { workspace, tools }) {
    switch (action.do) {
      case 'list':
        return { name: 'exec_command', input: { cmd: `ls ${action.path}` } };
      case 'run':
        return { name: 'exec_command', input: { cmd: action.command } };
      case 'read':
        return { name: 'exec_command', input: { cmd: `cat ${action.path}` } };
      case 'look':
        return { name: 'view_image', input: { path: join(workspace, action.path) } };
      case 'edit': {
        const patch = toPatch(action, action.path);
        if (tools.some((name) => isTool(name, 'apply_patch'))) return { name: 'apply_patch', input: patch };
        return { name: 'exec_command', input: { cmd: `apply_patch <<'EOF'\n${patch}\nEOF` } };
      }
    }
  },
};

export const codex: Agent = {
  page: 'codex',
  startTask: (workspace) => new ToolTask(toolbox, workspace),
};
