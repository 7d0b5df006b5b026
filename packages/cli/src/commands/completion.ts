import { Argument, type Command } from 'commander';
import type { Terminal } from '../terminal.ts';

const shells = ['bash', 'zsh', 'fish'] as const;

export function addCompletion(program: Command, terminal: Terminal): void {
  program
    .command('completion')
    .description('write a script that completes commands')
    .addArgument(new Argument('<shell>').choices(shells))
    .action((shell: (typeof shells)[number]) => terminal.write(toScript(shell, program)));
}

/** Commands, and the commands below each. */
function toScript(shell: (typeof shells)[number], program: Command): string {
  const words = program.commands.map((command) => command.name());
  const below = program.commands.flatMap((command) => {
    const names = command.commands.map((child) => child.name());
    return names.length === 0 ? [] : [[command.name(), names.join(' ')] as const];
  });
  if (shell === 'fish') {
    const first = `complete -c aggregator -f -n __fish_use_subcommand -a '${words.join(' ')}'`;
    const rest = below.map(
      ([name, names]) => `complete -c aggregator -f -n '__fish_seen_subcommand_from ${name}' -a '${names}'`,
    );
    return `${[first, ...rest].join('\n')}\n`;
  }
  const cases = below.map(([name, names]) => `    ${name}) COMPREPLY=($(compgen -W '${names}' -- "$word")) ;;`);
  const bash = [
    '_aggregator() {',
    `  local word="$\{COMP_WORDS[COMP_CWORD]}"`,
    `  case "$\{COMP_WORDS[1]}" in`,
    ...cases,
    '  esac',
    `  if [ "$COMP_CWORD" = 1 ]; then COMPREPLY=($(compgen -W '${words.join(' ')}' -- "$word")); fi`,
    '}',
    'complete -F _aggregator aggregator',
  ].join('\n');
  return shell === 'zsh' ? `autoload -U +X bashcompinit && bashcompinit\n${bash}\n` : `${bash}\n`;
}
