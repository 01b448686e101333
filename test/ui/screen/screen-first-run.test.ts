import { describe, expect, it } from 'vitest';
import { matchesGolden } from '../golden.ts';
import { golden, screensForTests } from '../start.ts';

const start = screensForTests();

describe('the first run', () => {
  it('says what the observer does and offers a local server, a key, the demo', async () => {
    const screen = start({
      env: {
        TEST_FIRST_RUN: JSON.stringify([{ provider: 'ollama', label: 'Ollama', models: ['qwen3-coder', 'llama4'] }]),
      },
    });
    await screen.shows('Choose a model');
    await matchesGolden(() => golden(screen.rows()), 'first-run.txt');
    screen.press('1');
    await screen.shows('Model of Ollama');
    screen.press('\u001b[B\r');
    await screen.shows('chose {"kind":"local","provider":"ollama","model":"llama4"}');
  });

  it.each(['k', 'a', ''])('leaves with Ctrl+D from each of its questions (%s)', async (key) => {
    const screen = start({ env: { TEST_FIRST_RUN: '[]' } });
    await screen.shows('Choose a model');
    screen.press(key);
    await screen.shows({ k: 'Whose key', a: 'Address:', '': 'Esc leaves' }[key] ?? '');
    screen.press('\u0004');
    await screen.shows('chose {"kind":"leave"}');
  });

  it('takes a key without showing it and says where it will be kept', async () => {
    const screen = start({ env: { TEST_FIRST_RUN: '[]' } });
    await screen.shows('No local model server');
    screen.press('k');
    await screen.shows('Whose key');
    screen.press('router');
    await screen.shows('1 of 2');
    screen.press('\r');
    await screen.shows('~/.wink/keys.json');
    await screen.shows('Key:');
    screen.press('sk-secret');
    await screen.shows('*********');
    expect(screen.text()).not.toContain('sk-secret');
    screen.press('\r');
    await screen.shows('Which model');
    screen.press('small\r');
    const chosen = () => screen.rows().join('');
    await expect.poll(chosen).toContain('"provider":"openrouter","key":"sk-secret"},"model":"small"');
  });

  it('takes an endpoint by its address, says what is wrong with a key, and asks again', async () => {
    const screen = start({ env: { TEST_FIRST_RUN: '[]' } });
    await screen.shows('Choose a model');
    screen.press('a');
    await screen.shows('Address:');
    screen.press('localhost.example\r');
    await screen.shows('An address begins with http');
    screen.press('\u0015http://host.example/v1\r');
    await screen.shows('Its key');
    screen.press('wrong\r');
    await screen.shows('The key was refused');
    await screen.shows('Address: http://host.example/v1');
    screen.press('\r');
    await screen.shows('Its key');
    screen.press('wrong\r');
    await screen.shows('The key was refused');
    screen.press('\u0015[::1]:8080/v1\r');
    await screen.shows('Its key');
    screen.press('\r');
    await screen.shows('Which model');
    screen.press('\r');
    await expect.poll(() => screen.rows().join('')).toContain('"baseUrl":"http://[::1]:8080/v1","key":""');
  });

  it('leaves on Esc', async () => {
    const screen = start({ env: { TEST_FIRST_RUN: '[]' } });
    await screen.shows('Choose a model');
    screen.press('\u001b');
    await screen.shows('chose {"kind":"leave"}');
    expect(await screen.exit()).toBe(0);
  });
});
