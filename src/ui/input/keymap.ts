import { type KeyBindings, keyActions, keysOf } from '../../core/screen/key-actions.ts';
import { keyName, type Press, press, type TerminalKey } from './key-parser.ts';

/** A key as the tables know it, whatever key the user gave to its action; a usual key that was given away does nothing. */
export function createKeymap(bindings: KeyBindings): (key: TerminalKey) => TerminalKey {
  const usual = new Map<string, string>();
  for (const [action, keys] of Object.entries(keyActions))
    if (action in bindings) for (const key of keys) usual.set(key, '');
  for (const [action, keys] of Object.entries(keyActions))
    for (const key of action in bindings ? keysOf(bindings[action as keyof KeyBindings] ?? []) : [])
      usual.set(key, keys[0]);
  if (usual.size === 0) return (key) => key;
  return (key) => {
    if (key.type !== 'key') return key;
    const wanted = usual.get(keyName(key));
    return wanted === undefined ? key : wanted === '' ? press('unknown') : pressOf(wanted);
  };
}

/** The press of a key as the tables write it. */
function pressOf(name: string): Press {
  const parts = name.split('+');
  const modifiers = { isCtrl: parts.includes('ctrl'), isAlt: parts.includes('alt'), isShift: parts.includes('shift') };
  return press(parts.at(-1) ?? name, modifiers);
}
