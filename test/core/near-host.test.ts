import { expect, test } from 'vitest';
import { isNearHost, isThisMachine } from '../../src/core/near-host.ts';

const hostOf = (address: string) => new URL(`http://${address}`).hostname;

test.each(['localhost', 'LocalHost:80', 'app.localhost', '127.0.0.1', '127.1', '[::1]:8080', '0.0.0.0'])(
  '%s is this machine',
  (address) => {
    expect([isThisMachine(hostOf(address)), isNearHost(hostOf(address))]).toEqual([true, true]);
  },
);

test.each(['10.1.2.3', '192.168.0.9:1', '172.16.0.1', '172.31.255.1', '[fd12::1]', 'box.local', 'a.lan', 'x.internal'])(
  '%s is near',
  (address) => {
    expect([isThisMachine(hostOf(address)), isNearHost(hostOf(address))]).toEqual([false, true]);
  },
);

test.each([
  ...['localhost.example.com', 'mylocalhost', '127.example.com', '10.example.com', '192.168.example.com'],
  ...['172.15.0.1', '172.32.0.1', '8.8.8.8', '[2001:db8::1]', 'fd.example', 'local.example', 'host.example'],
])('%s is neither', (address) => {
  expect([isThisMachine(hostOf(address)), isNearHost(hostOf(address))]).toEqual([false, false]);
});
