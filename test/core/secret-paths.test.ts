import { expect, it } from 'vitest';
import { looksSecret } from '../../src/core/disk/secret-paths.ts';

it.each([
  '.docker/config.json',
  'home/.ssh/id_rsa',
  '.config/gh/hosts.yml',
  '.config/google-chrome-beta/x',
  '.cargo/credentials.toml',
  '.claude/history.jsonl',
  '.claude/.credentials.json',
  '.codex/auth.json',
  '.aws',
  '..env.swp',
  '#.env#',
  '.env copy',
  'server.key~',
  'credentials.json.bak',
  '.env_old',
  'AuthKey_1.p8',
])('%s looks like it holds secrets', (path) => {
  expect(looksSecret(path)).toBe(true);
});

it.each([
  '.dockerignore',
  '.docker-compose.yml',
  '.codex-plugin/plugin.json',
  '.geminiignore',
  '.azure-pipelines/build.yml',
  '.flyway/x.sql',
  '.claude/settings.json',
  '.env.example',
  'a.ts~',
  '#notes#',
  'main.old',
])('%s does not, though it begins like what does', (path) => {
  expect(looksSecret(path)).toBe(false);
});
