import { join } from 'node:path';
import type { Agent, Toolbox } from '../agent.ts';
import { ToolTask } from '../tool-task.ts';

const toolbox: Toolbox = {
  mainTools: ['Bash'],
  lacks: { look: 'Its Read returns a picture as text.' },
  toCall(action, { workspace }) {
    switch (action.do) {
      case 'list':
        return { name: 'List', input: { dirpath: workspace } };
      case 'run':
        return { name: 'Bash', input: { command: action.command } };
      case 'read':
      case 'look':
        return { name: 'Read', input: { filepath: join(workspace, action.path) } };
      case 'edit': {
        const edits = [{ old_string: action.old, new_string: action.new }];
        return { name: 'MultiEdit', input: { file_path: join(workspace, action.path), edits } };
      }
    }
  },
};

export const continueCli: Agent = {
  page: 'continue',
  startTask: (workspace) => new ToolTask(toolbox, workspace),
};
