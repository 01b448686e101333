// `node bin/record.js [FILE]`: plays the demo in a real terminal and writes what it showed as an animated SVG (docs/demo.svg).
// `node bin/record.js SCENE...`, or `all`: the same for the scenes of bin/recording/scenes.js, each to docs/recordings/SCENE.svg.
// No tool in addition to the development dependencies.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { film } from './recording/film.js';
import { demo, scenes } from './recording/scenes.js';
import { toSvg } from './recording/svg.js';
import { ensureBuilt, ensureInstalled, requireNode, root } from './setup.js';

requireNode();
ensureInstalled();
ensureBuilt();
const names = process.argv.slice(2);
if (names.length === 0 || names[0].endsWith('.svg')) await record(demo, names[0] ?? join(root, 'docs/demo.svg'));
else
  for (const name of names[0] === 'all' ? Object.keys(scenes) : names) {
    if (scenes[name] === undefined)
      throw new Error(`There is no scene ${name}; there are ${Object.keys(scenes).join(', ')}.`);
    mkdirSync(join(root, 'docs/recordings'), { recursive: true });
    await record(scenes[name], join(root, `docs/recordings/${name}.svg`));
  }

/** Sets a scene up in a folder of its own, films it, and writes the picture. */
async function record({ label, open, act }, target) {
  const home = mkdtempSync(join(tmpdir(), 'wink-record-'));
  const stage = await open(home);
  try {
    const frames = await film(stage.command ?? process.execPath, stage.words, { home, ...stage }, act);
    writeFileSync(target, toSvg(frames, label));
    console.log(`${target}: ${frames.length} frames`);
  } finally {
    await stage.close?.();
    rmSync(home, { recursive: true, force: true });
  }
}
