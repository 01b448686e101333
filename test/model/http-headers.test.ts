import { expect, it } from 'vitest';
import { HttpHeaders } from '../../src/model/http/http-headers.ts';

const change = (headers: Headers): Headers => {
  headers.append('X-Mine', ' two ');
  headers.set('ACCEPT', 'text/event-stream');
  headers.delete('x-GONE');
  return headers;
};

it.each([
  [{ 'X-Mine': 'one', accept: 'a', 'x-gone': 'b' }],
  [
    [
      ['x-mine', 'one'],
      ['x-gone', ''],
      ['X-Mine', 'again'],
    ] satisfies [string, string][],
  ],
  [undefined],
])('headers hold what those of Node hold: %j', (from) => {
  const [own, theirs] = [change(new HttpHeaders(from)), change(new Headers(from))];
  expect([...own].sort()).toEqual([...theirs].sort());
  for (const name of ['X-MINE', 'accept', 'x-gone', 'never'])
    expect([own.get(name), own.has(name)]).toEqual([theirs.get(name), theirs.has(name)]);
  expect([...new HttpHeaders(own).entries()]).toEqual([...own.entries()]);
});

it('refuses a value that no header can have', () => {
  for (const value of ['a\nb', 'a\u0000', 'ключ']) {
    expect(() => new HttpHeaders({ 'x-mine': value })).toThrow(TypeError);
    expect(() => new Headers({ 'x-mine': value })).toThrow(TypeError);
  }
});
