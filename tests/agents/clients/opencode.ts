import { join } from 'node:path';
import { type Agent, isTool, type Toolbox } from '../agent.ts';
import { ToolTask } from '../tool-task.ts';
import { toPatch } from './to-patch.ts';

const toolbox: Toolbox = {
  mainTools: ['bash'],
  toCall(action, { workspace, tools }) {
    switch (action.do) {
      case 'list':
        return { name: 'bash', input: { command: `ls ${action.path}`, description: 'Lists files' } };
      case 'run':
        return { name: 'bash', input: { command: action.command, description: 'Runs a command' } };
      case 'read':
      case 'look':
        return { name: 'read', input: { filePath: join(workspace, action.path) } };
      case 'edit': {
        // It offers this tool in the place of `edit` to models whose names begin with `gpt-`.
        if (tools.some((name) => isTool(name, 'apply_patch'))) {
          return { name: 'apply_patch', input: { patchText: toPatch(action, action.path) } };
        }
        const replaced = { oldString: action.old, newString: action.new };
        return { name: 'edit', input: { filePath: join(workspace, action.path), ...replaced } };
      }
    }
  },
};

export const opencode: Agent = {
  page: 'opencode',
  startTask: (workspace) => new ToolTask(toolbox, workspace),
};
