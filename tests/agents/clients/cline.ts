import { join } from 'node:path';
import { type Agent, isTool, type Toolbox } from '../agent.ts';
import { ToolTask } from '../tool-task.ts';
import { toPatch } from './to-patch.ts';

const toolbox: Toolbox = {
  mainTools: ['run_commands'],
  toCall(action, { workspace, tools }) {
    switch (action.do) {
      case 'list':
        return { name: 'run_commands', input: { commands: [`ls ${action.path}`] } };
      case 'run':
        return { name: 'run_commands', input: { commands: [action.command] } };
      case 'read':
      case 'look':
        return { name: 'read_files', input: { files: [{ path: join(workspace, action.path) }] } };
      case 'edit':
        // It offers this tool in the place of `editor` to models whose names hold `gpt`.
        if (tools.some((name) => isTool(name, 'apply_patch'))) {
          return { name: 'apply_patch', input: { input: toPatch(action, join(workspace, action.path)) } };
        }
        return {
          name: 'editor',
          input: { path: join(workspace, action.path), old_text: action.old, new_text: action.new },
        };
    }
  },
};

export const cline: Agent = {
  page: 'cline',
  startTask: (workspace) => new ToolTask(toolbox, workspace),
};
