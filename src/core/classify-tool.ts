import { lookUp } from './text/look-up.ts';
import type { JsonObject, ToolClass } from './types.ts';

/** Tool names of the agents in use today, written without case, `-`, `_`, spaces and namespace. */
const actsByName: Readonly<Record<string, ToolClass>> = {
  ...named(
    'read',
    'read readfile readfiles readmanyfiles view viewfile open openfile cat filereader readrange getfile getfilecontents fetchfile notebookread readmediafile extractmethodcode extracttestcode',
  ),
  ...named(
    'search',
    'grep glob search searchfiles searchfile searchcode searchtext searchcodebase searchcodeinfile searchmethod searchmethodinclass searchmethodinfile searchclass searchdir searchfilecontent find findfile findfiles ls list listdir listdirectory listfiles listtree codebasesearch filesearch grepsearch globfilesearch ripgrep rg readdirectory getclassesandmethods extractsimilarfunctionscalls websearch webfetch fetch googlewebsearch readurl',
  ),
  ...named(
    'edit',
    'edit editfile strreplace strreplaceeditor strreplacebasededittool replace replaceinfile multiedit applypatch applydiff patch patchfile searchreplace insert insertcontent updatefile modifyfile notebookedit editor texteditor undoedit edittool writefix writepatch tryfixes hashlineedit',
  ),
  ...named(
    'write',
    'write writefile createfile create writetofile newfile savefile deletefile delete removefile movefile rename',
  ),
  ...named(
    'shell',
    'bash shell sh zsh run runcommand runshellcommand runshell runterminalcmd runinterminal terminal execute executecommand executebash exec execcommand localshell shellcommand containerexec command cmd powershell python ipython executeipythoncell executeipython bashtool',
  ),
  ...named(
    'plan',
    'todo todos todowrite todoread todolist settodolist updateplan plan updatetodos writetodos taskwrite taskcreate taskupdate think thinking exitplanmode enterplanmode submit finish attemptcompletion complete taskdone done analyze locate localize expresshypothesis discardhypothesis gobacktocollectmoreinfo askuserquestion askfollowupquestion askuser requestuserinput askhuman askquestion question',
  ),
};

/** What the `command` argument of an editor tool makes of the call. */
const actsByEditorCommand: Readonly<Record<string, ToolClass>> = {
  view: 'read',
  open: 'read',
  create: 'write',
  write: 'write',
  str_replace: 'edit',
  insert: 'edit',
  undo_edit: 'edit',
  replace: 'edit',
  edit: 'edit',
};

function named(act: ToolClass, names: string): Record<string, ToolClass> {
  return Object.fromEntries(names.split(' ').map((name) => [name, act]));
}

/** A tool's name without case, separators and namespace: `mcp__files__Read-File` becomes `readfile`. */
export function plainToolName(name: string): string {
  const bare = name.replace(/^.*(?:__|[.:])/, '');
  return (bare === '' ? name : bare).toLowerCase().replace(/[^a-z0-9]/g, '');
}

/**
 * What a call does to the world, from the tool's name in any agent's spelling and, for tools that carry their verb as an
 * argument (`command: view | create | str_replace | insert | undo_edit`), from that argument.
 */
export function classifyTool(name: string, input: JsonObject): ToolClass {
  const act = lookUp(actsByName, plainToolName(name)) ?? 'other';
  const command = input.command;
  if ((act === 'edit' || act === 'other') && typeof command === 'string') {
    const verb = lookUp(actsByEditorCommand, command.trim().toLowerCase());
    if (verb !== undefined) return verb;
    if (act === 'other' && !('path' in input)) return 'shell';
  }
  return act;
}
