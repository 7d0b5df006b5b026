import type { FakeScript, ScriptedCall } from '@aggregator/fake-providers';

/** What the task asks for, in the words of no agent. Paths are relative to the workspace. */
export type Action =
  | { readonly do: 'list'; readonly path: string }
  | { readonly do: 'read'; readonly path: string }
  | { readonly do: 'look'; readonly path: string }
  | { readonly do: 'edit'; readonly path: string; readonly old: string; readonly new: string }
  | { readonly do: 'run'; readonly command: string };

export interface ToolSurroundings {
  /** Absolute path of the folder in which the agent works. */
  readonly workspace: string;
  /** Names of the tools that the request offers. */
  readonly tools: readonly string[];
}

/** A coding agent under test: how it is installed and set is read from its page in `docs/clients`. */
export interface Agent {
  /** Name of the page without `.md`. */
  readonly page: string;
  /** The task of one run, in a workspace that `writeWorkspace` has written. */
  startTask(workspace: string): AgentTask;
}

/** What a run is asked, what the model answers, and what it saw. */
export interface AgentTask {
  /** What stands in `$TASK`. */
  readonly assignment: string;
  /** The model. It ends with `farewell`. */
  readonly answer: FakeScript;
  /** What came otherwise than the task demands. */
  readonly complaints: readonly string[];
  /** Turns of the model before its last one, and how many of them were made. */
  readonly turns: number;
  readonly turnsMade: number;
}

/** The tools of an agent that calls tools. */
export interface Toolbox {
  /** Each request of the main conversation offers one of these. Others, such as for a title, are not of the task. */
  readonly mainTools: readonly string[];
  /** What it has no tool for, each with the reason. The step is left out of its task. */
  readonly lacks?: Partial<Record<Action['do'], string>>;
  /** The action as a call of one of its tools. */
  toCall(action: Action, surroundings: ToolSurroundings): ScriptedCall;
}

/** True if a tool is the agent's tool of that name. A provider may have received it with the name of its group in front. */
export function isTool(offered: string, name: string): boolean {
  return offered === name || new RegExp(`[^a-zA-Z0-9]${name}$`).test(offered);
}
