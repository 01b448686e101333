import { expect, test } from 'vitest';
import { sharesLocalServer } from '../../src/providers/shared-server.ts';

test.each([
  ['http://localhost:8000/v1', 'http://[::1]:8000', true],
  ['http://app.localhost:8000', 'http://0.0.0.0:8000', true],
  ['http://box:8000/v1', 'http://box:8000', true],
  ['http://10.0.0.1:8000', 'http://10.0.0.1:8000', true],
  ['http://localhost:8000', 'http://localhost:8001', false],
  ['http://10.example.com', 'http://10.example.com', false],
  ['https://host.example/v1', 'https://host.example/v1', false],
])('whether %s and %s are one server near by: %s', (agent, judge, isShared) => {
  const name = 'small';
  expect(sharesLocalServer({ baseUrl: agent, name }, { baseUrl: judge, name })).toBe(isShared);
  expect(sharesLocalServer({ baseUrl: agent, name }, { baseUrl: judge, name: 'other' })).toBe(false);
});
