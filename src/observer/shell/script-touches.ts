import { splitCommands } from './simple-commands.ts';
import { type Touch, touchesOf } from './touches.ts';

const scriptLimit = 50_000;
const maxTouches = 50;

/** A value in a script: a quoted text, or the name of a variable. */
const value = String.raw`(?:[rfbu]?(?:"([^"\n]{1,300})"|'([^'\n]{1,300})')|([A-Za-z_][\w.]{0,60}))`;
const assignment =
  /(?:^|[;\n])[ \t]*(?:const |let |var )?([A-Za-z_]\w{0,60})[ \t]*=[ \t]*(?:Path\(|pathlib\.Path\()?[rfbu]?(?:"([^"\n]{1,300})"|'([^'\n]{1,300})')/g;
const opened = new RegExp(String.raw`\bopen\(\s*${value}\s*,\s*(?:mode\s*=\s*)?["']([rwax]b?\+?b?t?)["']`, 'g');
const pathWritten = new RegExp(
  String.raw`(?:\bPath\(\s*${value}\s*\)|\b([A-Za-z_]\w{0,60}))\.(?:write_text|write_bytes|unlink)\(`,
  'g',
);
const called = new RegExp(
  String.raw`\b(?:os\.(?:remove|unlink|truncate)|shutil\.rmtree|fs\.(?:writeFile|writeFileSync|appendFile|appendFileSync|unlink|unlinkSync|rmSync)|(?:File|IO)\.write)\(\s*${value}`,
  'g',
);
const moved = new RegExp(
  String.raw`\b(?:os\.(?:rename|replace)|shutil\.(?:move|copy|copy2|copyfile)|fs\.(?:renameSync|copyFileSync))\(\s*${value}\s*,\s*${value}`,
  'g',
);

/**
 * The files that a Python, Node, Ruby or shell script writes, as far as its text shows: literal paths and variables
 * that hold one. A file that is opened for reading as well is changed, not made. Reads at most 50,000 characters, in
 * linear time.
 */
export function scriptTouches(script: string, name: string): readonly Touch[] {
  if (latest.script !== script || latest.name !== name) latest = { script, name, touches: findTouches(script, name) };
  return latest.touches;
}

/** The same script is asked about several times for one call. */
let latest: { script: string; name: string; touches: readonly Touch[] } = { script: '', name: '', touches: [] };

function findTouches(script: string, name: string): Touch[] {
  const text = script.slice(0, scriptLimit);
  if (/\.(?:sh|bash)$/.test(name) || /^#!.*\b(?:ba)?sh\b/.test(text)) return touchesOf(splitCommands(text), new Map());
  if (!/\bopen\(|\.(?:write_|unlink|write)|\b(?:os|shutil|fs)\./.test(text)) return [];
  const variables = readVariables(text);
  const resolve = (double?: string, single?: string, variable?: string): string | undefined =>
    double ?? single ?? variables.get(variable ?? '');
  const touches: Touch[] = [];
  const add = (path: string | undefined, how: Touch['how']) => {
    if (path !== undefined && touches.length < maxTouches) touches.push({ path, how });
  };
  const read = new Set<string>();
  const opens = text.includes('open(');
  for (const [, double, single, variable, mode] of opens ? text.matchAll(opened) : []) {
    const path = resolve(double, single, variable);
    if (path !== undefined && mode === 'r') read.add(path);
    else add(path, mode!.startsWith('w') || mode!.startsWith('x') ? 'write' : 'change');
  }
  for (const [, double, single, inner, variable] of /\.(?:write_|unlink)/.test(text) ? text.matchAll(pathWritten) : [])
    add(resolve(double, single, inner ?? variable), 'write');
  if (/\b(?:os|shutil|fs|File|IO)\./.test(text)) {
    for (const [, double, single, variable] of text.matchAll(called)) add(resolve(double, single, variable), 'write');
    for (const [, , , , double, single, variable] of text.matchAll(moved))
      add(resolve(double, single, variable), 'write');
  }
  if (touches.length === 0) return touches;
  for (const path of readPaths(text, resolve)) read.add(path);
  return touches.map((touch) => (read.has(touch.path) ? { path: touch.path, how: 'change' } : touch));
}

function readVariables(text: string): Map<string, string> {
  const variables = new Map<string, string>();
  for (const [, name, double, single] of text.matchAll(assignment)) {
    if (variables.size < 200) variables.set(name!, (double ?? single)!);
  }
  return variables;
}

const readOnly = new RegExp(
  String.raw`\bopen\(\s*${value}\s*\)|\bPath\(\s*${value}\s*\)\.read_text|\b([A-Za-z_]\w{0,60})\.read_text|\breadFileSync\(\s*${value}`,
  'g',
);

function readPaths(
  text: string,
  resolve: (double?: string, single?: string, variable?: string) => string | undefined,
): string[] {
  const paths: string[] = [];
  for (const match of text.matchAll(readOnly)) {
    const path = resolve(
      match[1] ?? match[4] ?? match[8],
      match[2] ?? match[5] ?? match[9],
      match[3] ?? match[6] ?? match[7] ?? match[10],
    );
    if (path !== undefined) paths.push(path);
  }
  return paths;
}
