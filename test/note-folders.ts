import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { foldersVariable } from './temporary-folders.ts';

/** Notes every folder that is made in the temporary one, so that whatever a test forgets is removed once all have run. */
const list = process.env[foldersVariable];
const noted = Symbol.for('wink-agent.noted-folders');
if (list !== undefined && !(noted in fs)) {
  const note = (path: string) => {
    if (path.startsWith(tmpdir())) fs.appendFileSync(list, `${path}\n`);
    return path;
  };
  const { mkdtempSync, promises } = fs;
  const { mkdtemp } = promises;
  Object.assign(fs, { [noted]: true, mkdtempSync: (prefix: string) => note(mkdtempSync(prefix)) });
  Object.assign(promises, { mkdtemp: async (prefix: string) => note(await mkdtemp(prefix)) });
  syncBuiltinESMExports();
}
