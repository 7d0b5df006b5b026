/**
 * Tools that Anthropic describes and the client runs, as functions for models that do not know them. The call comes back by the
 * same name with the same input, so nothing has to be put back in an answer.
 * Sources: https://platform.claude.com/docs/en/agents-and-tools/tool-use/{bash-tool,text-editor-tool,memory-tool,computer-use-tool}
 * (read 2026-11), and the commands that `@anthropic-ai/sdk` 1.11 types.
 */
export interface ClientTool {
  readonly name: string;
  readonly description: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

type Fields = Readonly<Record<string, unknown>>;

const text = { type: 'string' };
const point = { type: 'array', items: { type: 'integer' }, description: '[x, y] in pixels from the top left.' };
const lines = {
  type: 'array',
  items: { type: 'integer' },
  description: 'For view: the first and the last line, from 1; -1 is the end.',
};

/** Returns the function that a tool of Anthropic's is, or null for one that no client runs. */
export function toClientTool(type: string, tool: Fields): ClientTool | null {
  const [, family = '', version = ''] = /^(bash|text_editor|memory|computer)_(\d{8})$/.exec(type) ?? [];
  switch (family) {
    case 'bash':
      return bash;
    case 'text_editor':
      return toTextEditor(version);
    case 'memory':
      return memory;
    case 'computer':
      return toComputer(version, tool);
    default:
      return null;
  }
}

const bash: ClientTool = {
  name: 'bash',
  description: 'Runs a command in a bash session that stays open between calls.',
  parameters: toParameters({
    command: { ...text, description: 'The command to run. Required unless restart is true.' },
    restart: { type: 'boolean', description: 'True to start the session again.' },
  }),
};

const fileFields = {
  path: { ...text, description: 'Path of the file or directory.' },
  view_range: lines,
  file_text: { ...text, description: 'For create: the content of the file.' },
  old_str: { ...text, description: 'For str_replace: the text to replace; it must occur exactly once.' },
  insert_line: {
    type: 'integer',
    description: 'For insert: the line after which the text is inserted; 0 is the start.',
  },
};

const memory: ClientTool = {
  name: 'memory',
  description: 'Reads and changes files under /memories, which stay between conversations.',
  parameters: toParameters(
    {
      command: toEnum('view', 'create', 'str_replace', 'insert', 'delete', 'rename'),
      ...fileFields,
      new_str: { ...text, description: 'For str_replace: the new text.' },
      insert_text: { ...text, description: 'For insert: the text.' },
      old_path: { ...text, description: 'For rename: the present path.' },
      new_path: { ...text, description: 'For rename: the new path.' },
    },
    'command',
  ),
};

function toTextEditor(version: string): ClientTool {
  const isOld = version < '20250429';
  const commands = ['view', 'create', 'str_replace', 'insert', ...(isOld ? ['undo_edit'] : [])];
  return {
    name: isOld ? 'str_replace_editor' : 'str_replace_based_edit_tool',
    description: 'Views, creates and edits text files.',
    parameters: toParameters(
      {
        command: toEnum(...commands),
        ...fileFields,
        new_str: { ...text, description: 'For str_replace and insert: the new text.' },
      },
      'command',
      'path',
    ),
  };
}

const firstActions = ['key', 'type', 'mouse_move', 'left_click', 'left_click_drag', 'right_click', 'middle_click'];
const laterActions = ['left_mouse_down', 'left_mouse_up', 'scroll', 'hold_key', 'triple_click', 'wait'];

function toComputer(version: string, { display_width_px: width, display_height_px: height }: Fields): ClientTool {
  const isLater = version >= '20250124';
  const canZoom = version >= '20251124';
  const actions = [...firstActions, 'double_click', 'screenshot', 'cursor_position', ...(isLater ? laterActions : [])];
  return {
    name: 'computer',
    description: `Uses the mouse, the keyboard and the screen of a computer. The screen has ${width} x ${height} pixels.`,
    parameters: toParameters(
      {
        action: toEnum(...actions, ...(canZoom ? ['zoom'] : [])),
        coordinate: point,
        text: { ...text, description: 'The text to type, or the keys to press.' },
        ...(isLater && {
          start_coordinate: point,
          duration: { type: 'number', description: 'Seconds.' },
          scroll_direction: toEnum('up', 'down', 'left', 'right'),
          scroll_amount: { type: 'integer' },
        }),
        ...(canZoom && {
          region: { type: 'array', items: { type: 'integer' }, description: 'For zoom: [x1, y1, x2, y2].' },
        }),
      },
      'action',
    ),
  };
}

function toEnum(...values: readonly string[]): Fields {
  return { ...text, enum: values };
}

function toParameters(properties: Fields, ...required: readonly string[]): Fields {
  return { type: 'object', properties, ...(required.length > 0 && { required }) };
}
