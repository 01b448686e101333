import { expect, test } from 'vitest';
import { commandEnvironment } from '../../tools/shell/command-environment.ts';

test('a command that nobody was asked about gets no variable that sounds like a key, and all others', () => {
  const keys = ['MYSQL_PWD', 'DB_PWD', 'OTP', 'ADMIN_PIN', 'MNEMONIC', 'SIGNING_SEED', 'AZURE_STORAGE_SAS'];
  const more = ['BUNDLE_GEMS__EXAMPLE__COM', 'HF_TOKEN', 'SESSION_COOKIE', 'API_CREDS', 'DB_CRED', 'AUTHORIZATION'];
  const ordinary = [
    'GIT_AUTHOR_NAME',
    'GIT_AUTHOR_EMAIL',
    'CREDITS',
    'PWD',
    'OLDPWD',
    'SEEDS_FOLDER',
    'PINNED',
    'DATABASE_NAME',
    'BUNDLE_PATH',
    'CI',
  ];
  const base = Object.fromEntries([...keys, ...more, ...ordinary].map((name) => [name, 'x']));
  const names = Object.keys(commandEnvironment(base, [], 'read-only'));
  expect(names.filter((name) => [...keys, ...more].includes(name))).toEqual([]);
  expect(names).toEqual(expect.arrayContaining(ordinary));
  expect(Object.keys(commandEnvironment(base, [], 'approved'))).toEqual(expect.arrayContaining(keys));
});
