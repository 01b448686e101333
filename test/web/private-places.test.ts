import { expect, test } from 'vitest';
import { hostOf, parseAddress } from '../../src/web/address.ts';
import { createConnector } from '../../src/web/connect.ts';
import { isPublicAddress, readPrivatePlaces } from '../../src/web/private-places.ts';

test.each([
  '127.0.0.1',
  '127.8.8.8',
  '0.0.0.0',
  '10.1.2.3',
  '172.16.0.1',
  '192.168.1.1',
  '169.254.169.254',
  '100.64.0.1',
  '224.0.0.1',
  '255.255.255.255',
  '192.0.2.1',
  '198.18.0.1',
  '::1',
  '::',
  'fe80::1',
  'fe80::1%eth0',
  'fc00::1',
  'fd12:3456::1',
  'ff02::1',
  '::ffff:127.0.0.1',
  '::ffff:10.0.0.1',
  '64:ff9b::7f00:1',
  '64:ff9b::a9fe:a9fe',
  '2002:7f00:1::',
  '2001:db8::1',
  'not an address',
])('%s is not a public address', (address) => {
  expect(isPublicAddress(address)).toBe(false);
});

test.each(['93.184.216.34', '1.1.1.1', '2606:4700:4700::1111', '64:ff9b::101:101', '::ffff:1.1.1.1'])(
  '%s is public',
  (address) => {
    expect(isPublicAddress(address)).toBe(true);
  },
);

test.each([
  'http://127.0.0.1/',
  'http://2130706433/',
  'http://0x7f.1/',
  'http://017700000001/',
  'http://127.1/',
  'http://[::1]:8080/',
  'http://[::ffff:7f00:1]/',
  'http://localhost/',
  'http://LOCALHOST./',
  'http://a.localhost/',
  'http://printer.local/',
  'http://metadata.google.internal/',
  'http://169.254.169.254/latest/meta-data/',
])('%s is refused before anything is connected', async (address) => {
  const connector = createConnector([], {});
  await expect(connector.dispatcherFor(parseAddress(address))).rejects.toThrow(/private network/);
});

test('what the user opens is open: a host, a host with its port, a pattern, an address, a range', () => {
  const opened = (entry: string, address: string) => readPrivatePlaces([entry]).hasHost(parseAddress(address));
  expect(opened('localhost:3000', 'http://localhost:3000/a')).toBe(true);
  expect(opened('localhost:3000', 'http://localhost:3001/a')).toBe(false);
  expect(opened('localhost', 'http://localhost:3001/a')).toBe(true);
  expect(opened('*.intern', 'https://wiki.intern/')).toBe(true);
  expect(opened('*.intern', 'https://wiki.intern.example.org/')).toBe(false);
  expect(opened('[::1]:8080', 'http://[::1]:8080/')).toBe(true);
  expect(opened('::1', 'http://[::1]/')).toBe(true);
  expect(readPrivatePlaces(['10.0.0.0/8']).hasAddress('10.200.0.1')).toBe(true);
  expect(readPrivatePlaces(['10.0.0.0/8']).hasAddress('::ffff:10.200.0.1')).toBe(true);
  expect(readPrivatePlaces(['10.0.0.0/8']).hasAddress('11.0.0.1')).toBe(false);
});

test('addresses are read as people write them, and what is none is said', () => {
  expect(parseAddress(' example.org/a b ').href).toBe('https://example.org/a%20b');
  expect(parseAddress('example.org:8080').href).toBe('https://example.org:8080/');
  expect(hostOf(parseAddress('https://Example.ORG./'))).toBe('example.org');
  expect(hostOf(parseAddress('https://exаmple.org/'))).toMatch(/^xn--/);
  for (const bad of [
    'ftp://example.org',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'data:text/html,x',
    'http://',
    'https://me:pw@example.org',
  ])
    expect(() => parseAddress(bad), bad).toThrow();
});
