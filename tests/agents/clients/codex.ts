import { join } from 'node:path';
import type { ScriptedCall } from '@aggregator/fake-providers';
import { type Action, type Agent, isTool, type Toolbox, type ToolSurroundings } from '../agent.ts';
import { ToolTask } from '../tool-task.ts';
import { toPatch } from './to-patch.ts';

/**
 * Models that it does not know get a tool for each task. For the newest models of OpenAI it has one tool, which runs
 * JavaScript that calls the others.
 */
const toolbox: Toolbox = {
  mainTools: ['exec_command', 'exec'],
  toCall(action, surroundings) {
    const hasTools = surroundings.tools.some((name) => isTool(name, 'exec_command'));
    return hasTools ? toToolCall(action, surroundings) : { name: 'exec', input: toJavaScript(action, surroundings) };
  },
};

const toCommand = (action: Exclude<Action, { do: 'look' | 'edit' }>) => {
  if (action.do === 'run') return action.command;
  return action.do === 'list' ? `ls ${action.path}` : `cat ${action.path}`;
};

function toToolCall(action: Action, { workspace, tools }: ToolSurroundings): ScriptedCall {
  if (action.do === 'look') return { name: 'view_image', input: { path: join(workspace, action.path) } };
  if (action.do !== 'edit') return { name: 'exec_command', input: { cmd: toCommand(action) } };
  const patch = toPatch(action, action.path);
  if (tools.some((name) => isTool(name, 'apply_patch'))) return { name: 'apply_patch', input: patch };
  return { name: 'exec_command', input: { cmd: `apply_patch <<'EOF'\n${patch}\nEOF` } };
}

function toJavaScript(action: Action, { workspace }: ToolSurroundings): string {
  if (action.do === 'look') {
    const path = JSON.stringify(join(workspace, action.path));
    return `const seen = await tools.view_image({ path: ${path} });\nimage(seen.image_url);\n`;
  }
  if (action.do === 'edit') {
    return `text(await tools.apply_patch(${JSON.stringify(toPatch(action, action.path))}));\n`;
  }
  return `const done = await tools.exec_command({ cmd: ${JSON.stringify(toCommand(action))} });\ntext(done.output);\n`;
}

export const codex: Agent = {
  page: 'codex',
  startTask: (workspace) => new ToolTask(toolbox, workspace),
};
