import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join, resolve } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { compiledCode } from '../../compiled-code.ts';
import { openScreen, type TestScreen } from '../../ui/driver.ts';
import { makeFolder, run, serve } from '../program.ts';
import { done, type TaskOptions, write } from '../task.ts';
import { elsewhere, type Proofs } from './proof.ts';

const root = resolve(import.meta.dirname, '../../..');

/** For each key of the configuration that the screen reads (or several that one run shows), what it changes in the built program. */
export const screenKeys: Proofs = {
  'hooks.Notification': async () => {
    const config = { hooks: { Notification: [{ hooks: [{ type: 'command', command: 'cat > told.json' }] }] } };
    const screen = await openBuilt({ config, replies: [write('b.txt', 'two'), done], prompt: 'go' });
    await screen.shows('b.txt');
    await expect.poll(() => existsSync(join(screen.cwd, 'told.json')), { timeout: 20_000 }).toBe(true);
  },
  'ui.notify': elsewhere('test/ui/screen/screen-manners.test.ts', 'notifies when it has finished'),
  'ui.suggestLessons ui.statusLine.timeoutMs': async () => {
    for (const suggestLessons of [true, false]) {
      const statusLine = { command: 'sleep 100', timeoutMs: 100 };
      const screen = await openBuilt({
        config: { ui: { suggestLessons, ...(suggestLessons ? { statusLine } : {}) } },
        replies: [done, { text: 'So be it.' }],
        prompt: 'go',
      });
      await screen.printed('All done.');
      if (suggestLessons) await screen.printed("The status line's command did not end within 0.1 s.");
      screen.press('Use tabs, not spaces.');
      await screen.shows('Use tabs, not spaces.');
      screen.press('\r');
      await screen.printed('So be it.');
      // The command finds it in any case; only the offer is left out.
      screen.press('/learn\r');
      await screen.shows('Keep this?');
      expect(screen.all().join('\n').includes('Keep this for the project?')).toBe(suggestLessons);
    }
  },
  'ui.statusLine.sandbox': async () => {
    const command =
      'cd "$WINK_PROJECT_DIR" && { touch made 2>/dev/null && echo "It writes." || echo "It only reads."; }';
    const hasSandbox =
      spawnSync('bwrap', ['--ro-bind', '/', '/', '--unshare-pid', '--proc', '/proc', 'true']).status === 0;
    for (const sandbox of [undefined, false]) {
      const screen = await openBuilt({ config: { ui: { statusLine: { command, sandbox } } } });
      await screen.shows(hasSandbox && sandbox === undefined ? 'It only reads.' : 'It writes.');
    }
  },
  'ui.theme ui.vim ui.updateNotice': async () => {
    const asked: string[] = [];
    const registry = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.end('{ "version": "99.1.0" }');
    }).listen(0, '127.0.0.1');
    onTestFinished(() => void registry.close());
    await once(registry, 'listening');
    const address = registry.address();
    const env = { npm_config_registry: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}` };
    const plain = await openBuilt({ config: { ui: { theme: 'plain', vim: false } } }, env);
    await expectKeys(plain, 'Esc again clears the text');
    expect([asked, plain.raw().includes('\u001b[38;')]).toEqual([[], false]);
    const screen = await openBuilt({ config: { ui: { theme: 'dark', vim: true, updateNotice: true } } }, env);
    await screen.printed(/wink-agent 99\.1\.0 is there \(this is \d/);
    expect(asked).toEqual(['/wink-agent/latest']);
    await expectKeys(screen, 'NORMAL');
    screen.press('0dwithe \u001b');
    await screen.shows('❯ the two');
    screen.press('A!\r');
    await screen.printed('All done.');
    expect(screen.text()).not.toContain('NORMAL');
    expect(screen.raw()).toContain('\u001b[38;');
  },
  'ui.themes ui.statusLine.command ui.keys': async () => {
    const themes = { mine: { base: 'light', colours: { accent: '#010203' } } };
    const command = `node -e 'process.stdin.on("data", (d) => console.log("steps " + JSON.parse(d).wink.steps + " of mine in " + process.cwd().split("/").pop()))'`;
    const keys = { 'history-search': 'ctrl+x', yank: [] };
    const screen = await openBuilt({ config: { ui: { theme: 'mine', themes, statusLine: { command }, keys } } });
    await screen.shows('steps 0 of mine in start');
    expect(screen.raw()).toContain('\u001b[38;2;1;2;3m');
    screen.press('one\u0015\u0019');
    await screen.shows('Ask for something');
    screen.press('\u0018');
    await screen.shows('Nothing was sent yet.');
    screen.press('/theme none\r');
    await screen.shows(
      '! There is no theme none; choose one of auto, dark, light, contrast, colour-blind, plain, mine.',
    );
    screen.press('/help\r');
    await screen.printed('history-search: ctrl+x; yank: none');
    screen.press('go\r');
    await screen.shows('steps 1 of mine');
    const cwd = makeFolder();
    writeFileSync(join(cwd, 'c.json'), JSON.stringify({ ui: { keys: { transcript: 'ctrl+r' } } }));
    const clash = await run(['-p', 'x', '--config', 'c.json'], { cwd, home: cwd });
    expect([clash.code, clash.stderr]).toEqual([
      2,
      expect.stringMatching(/ctrl\+r is given to transcript and is the usual key of history-search/),
    ]);
  },
  'ui.reducedMotion': async () => {
    const replies = [{ ...done, firstByteDelayMs: 2500 }];
    const drawn = async (reducedMotion: boolean) => {
      const screen = await openBuilt({ config: { ui: { reducedMotion } }, replies, prompt: 'hello' });
      await screen.printed('All done.');
      return screen.raw().length;
    };
    const [still, moving] = await Promise.all([drawn(true), drawn(false)]);
    expect(still).toBeLessThan(moving);
  },
  'ui.accessible': async () => {
    const screen = await openBuilt({ config: { ui: { accessible: true } }, prompt: 'hello' });
    await screen.printed('All done.');
    // Nothing is redrawn: no row is ever erased.
    expect(screen.raw()).not.toContain('\u001b[2K');
  },
};

type BuiltScreen = TestScreen & { readonly cwd: string };

/** The built program in a terminal. */
async function openBuilt(
  { config, replies = [done], prompt }: Pick<TaskOptions, 'config' | 'replies' | 'prompt'>,
  more: Readonly<Record<string, string>> = {},
): Promise<BuiltScreen> {
  const { url } = await serve({ rules: [{ when: { kind: 'agent' }, replies }] });
  const [cwd, home] = [makeFolder(), makeFolder()];
  mkdirSync(join(home, '.wink'));
  writeFileSync(join(home, '.wink/config.json'), JSON.stringify({ model: 'scripted', ...config }));
  const screen = openScreen({
    command: process.execPath,
    args: [join(root, 'bin/wink-agent.js'), ...(prompt ? [prompt] : [])],
    cwd,
    env: {
      HOME: home,
      WINK_HOME: join(home, '.wink'),
      ...compiledCode,
      OPENAI_BASE_URL: url,
      OPENAI_API_KEY: 'test',
      ...more,
    },
  });
  onTestFinished(() => screen.kill('SIGKILL'));
  return { ...screen, cwd };
}

/** Two words are typed, then Esc; what the screen says of that. */
async function expectKeys(screen: TestScreen, says: string): Promise<void> {
  await screen.shows('Ask for something');
  screen.press('one two');
  await screen.shows('one two');
  screen.press('\u001b');
  await screen.shows(says);
}
