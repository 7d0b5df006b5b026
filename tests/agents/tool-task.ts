import { isDeepStrictEqual } from 'node:util';
import type { FakeScript, ScriptedCall, ScriptedRequest, ScriptedRound } from '@aggregator/fake-providers';
import { type AgentTask, isTool, type Toolbox } from './agent.ts';
import { assignment, farewell, type Step, steps } from './task.ts';

const shownCharactersMax = 400;

/** The task of an agent with tools: the model calls what the next step asks for, and checks what came back. */
export class ToolTask implements AgentTask {
  readonly assignment = assignment;
  readonly complaints: string[] = [];
  readonly #steps: readonly Step[];
  readonly #toolbox: Toolbox;
  readonly #workspace: string;
  #turnsMade = 0;

  constructor(toolbox: Toolbox, workspace: string) {
    this.#toolbox = toolbox;
    this.#workspace = workspace;
    this.#steps = steps.filter(({ actions }) => actions.every((action) => toolbox.lacks?.[action.do] === undefined));
  }

  get turns(): number {
    return this.#steps.length;
  }

  get turnsMade(): number {
    return this.#turnsMade;
  }

  readonly answer: FakeScript = (request) => {
    const isMain = request.tools.some((offered) => this.#toolbox.mainTools.some((name) => isTool(offered, name)));
    if (!isMain) return null;
    const done = request.rounds.length;
    this.#turnsMade = Math.max(this.#turnsMade, done);
    const last = this.#steps[done - 1];
    if (last !== undefined) this.#check(last, request);
    const next = this.#steps[done];
    if (next === undefined) return { text: farewell, calls: [] };
    return { text: `Next: ${next.name}.`, calls: this.#toCalls(next, request) };
  };

  #toCalls({ actions }: Step, { tools }: ScriptedRequest): ScriptedCall[] {
    return actions.map((action) => {
      const call = this.#toolbox.toCall(action, { workspace: this.#workspace, tools });
      const offered = tools.find((name) => isTool(name, call.name));
      if (offered === undefined) this.#complain(`no tool ${call.name} among ${tools.join(', ')}`);
      return { name: offered ?? call.name, input: call.input };
    });
  }

  #check(step: Step, request: ScriptedRequest): void {
    const round = request.rounds.at(-1);
    if (round === undefined) return;
    this.#checkCalls(step, request, round);
    for (const [index, pattern] of step.results.entries()) {
      const result = round.results[index];
      if (typeof result !== 'string') this.#complain(`${step.name}: result ${index} is missing`);
      else if (!pattern.test(result)) {
        this.#complain(`${step.name}: result ${index} is not ${pattern}: ${result.slice(0, shownCharactersMax)}`);
      }
    }
    if (round.pictures < (step.pictures ?? 0)) this.#complain(`${step.name}: ${round.pictures} pictures came`);
  }

  /** The history holds the calls with the arguments of the model, byte for byte. An agent may add defaults. */
  #checkCalls(step: Step, request: ScriptedRequest, round: ScriptedRound): void {
    for (const [index, made] of this.#toCalls(step, request).entries()) {
      const came = round.calls[index];
      if (came?.name !== made.name || !holds(came.input, made.input)) {
        this.#complain(`${step.name}: ${JSON.stringify(made)} came back as ${JSON.stringify(came)}`);
      }
    }
  }

  #complain(complaint: string): void {
    if (!this.complaints.includes(complaint)) this.complaints.push(complaint);
  }
}

/** True if each argument that the model gave came back. A text stands for the only argument. */
function holds(came: ScriptedCall['input'], made: ScriptedCall['input']): boolean {
  if (typeof made === 'string') return came === made || Object.values(came).includes(made);
  return (
    typeof came === 'object' && Object.entries(made).every(([name, value]) => isDeepStrictEqual(came[name], value))
  );
}
