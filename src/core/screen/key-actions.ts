/** What keys do on the screen that can be given other keys, each with its usual ones. Enter, Esc, Tab, Ctrl+C and Ctrl+D stay as they are. */
export const keyActions = {
  'clear-screen': ['ctrl+l'],
  transcript: ['ctrl+o'],
  'history-search': ['ctrl+r'],
  'external-editor': ['ctrl+g'],
  suspend: ['ctrl+z'],
  reasoning: ['alt+t'],
  approval: ['shift+tab'],
  newline: ['ctrl+j', 'shift+return', 'alt+return'],
  undo: ['ctrl+_'],
  redo: ['alt+_', 'ctrl+shift+z'],
  'line-start': ['ctrl+a', 'home'],
  'line-end': ['ctrl+e', 'end'],
  'word-left': ['alt+b', 'ctrl+left', 'alt+left'],
  'word-right': ['alt+f', 'ctrl+right', 'alt+right'],
  'delete-word-back': ['ctrl+w', 'alt+backspace', 'ctrl+backspace'],
  'delete-word': ['alt+d', 'ctrl+delete'],
  'kill-to-start': ['ctrl+u'],
  'kill-to-end': ['ctrl+k'],
  yank: ['ctrl+y'],
  'yank-earlier': ['alt+y'],
  transpose: ['ctrl+t'],
} as const;

export type KeyAction = keyof typeof keyActions;

/** Which keys the user gave to which actions. */
export type KeyBindings = Readonly<Partial<Record<KeyAction, string | readonly string[]>>>;

const fixed: ReadonlySet<string> = new Set(['ctrl+c', 'ctrl+d', 'ctrl+m', 'ctrl+i', 'ctrl+h']);
const form =
  /^(?:ctrl\+)?(?:alt\+)?(?:shift\+)?(?:f\d{1,2}|home|end|insert|delete|pageup|pagedown|left|right|up|down|tab|return|backspace|[a-z0-9_<>/.,;\\[\]-])$/;

/** What is wrong with the bindings, in a sentence; undefined for nothing. */
export function problemOfKeys(bindings: KeyBindings): string | undefined {
  const taken = new Map<string, string>();
  const given = Object.entries(bindings).map(([action, keys]) => ({ action, keys: keysOf(keys) }));
  for (const { action, keys } of given) {
    for (const key of keys) {
      const problem = problemOfKey(key);
      if (problem !== undefined) return problem;
      const other = taken.get(key);
      if (other !== undefined) return `${key} is given to both ${other} and ${action}`;
      taken.set(key, action);
    }
  }
  for (const [action, usual] of Object.entries(keyActions)) {
    if (action in bindings) continue;
    const lost = usual.find((key) => taken.has(key));
    if (lost !== undefined)
      return `${lost} is given to ${taken.get(lost)} and is the usual key of ${action}; give ${action} a key as well, or [] for none`;
  }
  return undefined;
}

function problemOfKey(key: string): string | undefined {
  if (!form.test(key)) return `${key} is not a key; keys are written like ctrl+x, alt+shift+left or f5`;
  const isBare =
    !/^(?:ctrl|alt)\+|^f\d/.test(key) && !/^(?:shift\+)?(?:home|end|insert|delete|pageup|pagedown|tab)$/.test(key);
  if (fixed.has(key) || isBare || key === 'tab') return `${key} can't be given away`;
  return undefined;
}

/** The keys of one binding. */
export function keysOf(keys: string | readonly string[]): readonly string[] {
  return typeof keys === 'string' ? [keys] : keys;
}
