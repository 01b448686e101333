import { mkdirSync, mkdtempSync, rmdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
  '..env.un~',
  '.secrets',
  '.kamal/secrets-common',
  '.envs/.production/.django',
  'client_secret_123.apps.googleusercontent.com.json',
  'serviceAccountKey.json',
  'my-app-firebase-adminsdk-x1.json',
  'gcp-key.json',
  'prod.tfvars',
  'passwords.csv',
  'stripe_api_key.txt',
  '.openai_key',
  'oauth_token.txt',
  'openai-api-keys.csv',
  'secret_key.txt',
  '.token',
  'wp-config.php',
  'android/key.properties',
  '.idea/dataSources.local.xml',
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
  'terraform.tfvars.example',
  'api-keys.ts',
  'api_key.py',
  'apikey.md',
  'passwords.ts',
  'password.html',
  'secrets.ts',
  'secret.md',
  'env.ts',
  'keys.json',
  'tokens.txt',
  'token.ts',
  'sort_key',
  'etc/passwd',
  'app/api-keys',
  'src/password',
  'oauth_token',
  'wp-config-sample.php',
  '.vscode/settings.json',
  'serviceAccounts.json',
  'a.ts~',
  '#notes#',
  'main.old',
])('%s does not, though it begins like what does', (path) => {
  expect(looksSecret(path)).toBe(false);
});

it('a file named like a key looks like it holds secrets, and a folder of that name does not', () => {
  const folder = mkdtempSync(join(tmpdir(), 'wink-secret-'));
  for (const name of ['api_key', 'access-token', 'JWT_SECRET_KEY']) {
    expect([name, looksSecret(join(folder, name))]).toEqual([name, false]);
    mkdirSync(join(folder, name));
    expect([name, looksSecret(join(folder, name))]).toEqual([name, false]);
    rmdirSync(join(folder, name));
    writeFileSync(join(folder, name), 'x');
    expect([name, looksSecret(join(folder, name))]).toEqual([name, true]);
  }
});
