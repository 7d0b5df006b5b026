import { join } from 'node:path';
import type { Agent, Toolbox } from '../agent.ts';
import { ToolTask } from '../tool-task.ts';

const toolbox: Toolbox = {
  mainTools: ['Bash'],
  toCall(action, { workspace }) {
    switch (action.do) {
      case 'list':
        return { name: 'Bash', input: { command: `ls ${action.path}` } };
      case 'run':
        return { name: 'Bash', input: { command: action.command } };
      case 'read':
      case 'look':
        return { name: 'Read', input: { file_path: join(workspace, action.path) } };
      case 'edit': {
        const replaced = { old_string: action.old, new_string: action.new };
        return { name: 'Edit', input: { file_path: join(workspace, action.path), ...replaced } };
      }
    }
  },
};

export const claudeCode: Agent = {
  page: 'claude-code',
  startTask: (workspace) => new ToolTask(toolbox, workspace),
};
