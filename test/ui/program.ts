/** The screen over a scripted session, as a program of its own: what the terminal tests start. */
import { runFirstRun, runInteractive } from '../../src/modes/interactive.tsx';
import type { ScreenInfo } from '../../src/ui/screen-deps.ts';
import { createFakeDeps } from './fake-session.ts';
import { plays } from './scripted-sessions.ts';

const home = process.env.WINK_HOME ?? '/nonexistent';
const info: Partial<ScreenInfo> = process.env.TEST_INFO ? JSON.parse(process.env.TEST_INFO) : {};

if (process.env.TEST_FIRST_RUN) {
  const choice = await runFirstRun({
    info: { version: '0.0.0' },
    findServers: async () => JSON.parse(process.env.TEST_FIRST_RUN ?? '[]'),
    providers: [
      { name: 'openai', label: 'OpenAI' },
      { name: 'openrouter', label: 'OpenRouter' },
    ],
    check: async ({ key }) =>
      key === 'wrong'
        ? { state: 'refused', detail: 'The key was refused (401).' }
        : { state: 'works', models: ['large', 'small'] },
    keyPlace: '~/.wink/keys.json',
  });
  process.stdout.write(`chose ${JSON.stringify(choice)}\n`);
} else process.exitCode = await runInteractive(createFakeDeps({ winkHome: home, cwd: process.cwd(), ...info }, plays));
