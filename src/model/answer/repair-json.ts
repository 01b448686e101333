import { isObject, parseJson } from '../../core/text/json.ts';
import type { JsonObject } from '../../core/types.ts';

export type RepairedJson = { readonly value: JsonObject; readonly how: readonly string[] };

/**
 * Repairs malformed JSON of a tool call where it has one meaning, and says how: a code fence around it, an object encoded twice, a
 * trailing comma, raw control characters in strings, missing or surplus closing brackets at the end. undefined when anything
 * would have to be guessed: a string that is cut off is never closed, a number or word at a cut is never taken for whole, and
 * of an answer that hit its length limit (`isCutOff`) no bracket is closed.
 */
export function repairJson(raw: string, isCutOff: boolean): RepairedJson | undefined {
  const how: string[] = [];
  const unfenced = stripFence(raw);
  if (unfenced !== raw.trim()) how.push('removed the code fence around the arguments');
  const value = parseJson(unfenced);
  if (isObject(value)) return { value, how };
  if (typeof value === 'string') {
    const inner = parseJson(value);
    if (isObject(inner)) return { value: inner, how: [...how, 'decoded arguments that were encoded twice'] };
    const repaired = repairJson(value, isCutOff);
    return repaired
      ? { value: repaired.value, how: [...how, 'decoded arguments that were encoded twice', ...repaired.how] }
      : undefined;
  }
  const scan = scanJson(unfenced);
  if (!scan) return undefined;
  how.push(...scan.how);
  const missing = scan.open.length;
  if (missing > 0) {
    if (isCutOff || !endsWithWholeValue(scan.text)) return undefined;
    how.push(missing === 1 ? 'added the missing closing bracket' : `added ${missing} missing closing brackets`);
  }
  const repaired = parseJson(scan.text + scan.open.toReversed().join(''));
  return isObject(repaired) && how.length > 0 ? { value: repaired, how } : undefined;
}

function stripFence(raw: string): string {
  const fenced = /^\s*```(?:json|JSON)?[ \t]*\r?\n?([\s\S]*?)\r?\n?[ \t]*```\s*$/.exec(raw);
  return (fenced?.[1] ?? raw).trim();
}

type Scan = { readonly text: string; readonly open: readonly string[]; readonly how: readonly string[] };

const escapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\b': '\\b', '\f': '\\f' };

/**
 * Walks the text once, strings apart from structure: escapes control characters in strings, drops commas before a closing
 * bracket and surplus closing brackets at the end, and tells which brackets are still open. undefined when a string is open at
 * the end or the brackets do not match.
 */
function scanJson(text: string): Scan | undefined {
  const out: string[] = [];
  const open: string[] = [];
  const how = new Set<string>();
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (inString) {
      if (char === '\\') {
        out.push(char, text.charAt(at + 1));
        at += 1;
        if (at >= text.length) return undefined;
        continue;
      }
      if (char === '"') inString = false;
      if (char < ' ') {
        out.push(escapes[char] ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
        how.add('escaped raw line breaks or control characters in a string');
      } else out.push(char);
      continue;
    }
    if (char === '"') inString = true;
    if (char === '{' || char === '[') open.push(char === '{' ? '}' : ']');
    if (char === ',' && /^\s*[}\]]/.test(text.slice(at + 1, at + 200))) {
      how.add('removed a trailing comma');
      continue;
    }
    if (char === '}' || char === ']') {
      if (open.pop() !== char) return undefined;
      if (open.length === 0) {
        out.push(char);
        const rest = text.slice(at + 1).trim();
        if (rest === '') break;
        if (!/^[}\]\s]+$/.test(rest)) return undefined;
        how.add('removed surplus closing brackets');
        break;
      }
    }
    out.push(char);
  }
  return inString ? undefined : { text: out.join(''), open, how: [...how] };
}

/** True when the text ends with a string, a closed bracket or a whole literal: not in a number, a word, or after `,` or `:`. */
function endsWithWholeValue(text: string): boolean {
  return /["}\]]\s*$/.test(text) && !/^\s*$/.test(text);
}
