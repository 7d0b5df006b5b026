import { join } from 'node:path';
import type { Agent, Toolbox } from '../agent.ts';
import { ToolTask } from '../tool-task.ts';

const toolbox: Toolbox = {
  mainTools: ['run_shell_command'],
  toCall(action, { workspace }) {
    switch (action.do) {
      case 'list':
        return { name: 'list_directory', input: { path: workspace } };
      case 'run':
        return { name: 'run_shell_command', input: { command: action.command, is_background: false } };
      case 'read':
      case 'look':
        return { name: 'read_file', input: { file_path: join(workspace, action.path) } };
      case 'edit': {
        const replaced = { old_string: action.old, new_string: action.new };
        return { name: 'edit', input: { file_path: join(workspace, action.path), ...replaced } };
      }
    }
  },
};

export const qwenCode: Agent = {
  page: 'qwen-code',
  startTask: (workspace) => new ToolTask(toolbox, workspace),
};
