import { clipCommand, programName, type SimpleCommand } from '../../core/shell/read-script.ts';
import { hostOfLogin, isShellElsewhere } from '../started-commands.ts';

/** What a command does on the network, where its words tell. */
export type Connection = { readonly does: string; readonly gravity: number; readonly sends: boolean };

const transfers = /^(curl|wget|http|https|xh|aria2c)$/;
const copies = /^(scp|rsync)$/;
const pipes = /^(nc|ncat|netcat|socat|telnet)$/;
const mailers = /^(mail|mailx|sendmail|mutt|msmtp)$/;
/** Commands of GitHub's program that publish what they are given. */
const publishers = /^gh (gist create|release (create|upload))$/;
const logins = /^(ssh|sftp|ftp|mosh)$/;

/** One-letter options whose value is the rest of the word, or the next one. */
const valued: Readonly<Record<string, string>> = { curl: 'AbcCdDeEFHKmoPQrtTuUwxXyYz', wget: 'aABDeiIloOPQRtTUwX' };

const sends: Readonly<Record<string, RegExp>> = {
  curl: /^(-[dFT]|--(data|json|form|upload-file).*)$/,
  wget: /^--(post|body)-(data|file).*$/,
};

/** With these a program connects to more than the addresses among its words. */
const leadsOn: Readonly<Record<string, RegExp>> = {
  curl: /^(-[Kx]|--(config|proxy|preproxy|socks|resolve|connect-to|url|next).*)$/,
  wget: /^(-[ie]|--(input-file|execute|config|base).*)$/,
};

/** Long options whose value is the next word. Any word that is no value is an address, with `https://` or without. */
const longWithValue =
  /^--(output|header|data|json|form|request|user-agent|referer|cookie|user|max-time|connect-timeout|retry|write-out|upload-file|cacert|cert|key|range|limit-rate|post|body|method|timeout|tries|directory-prefix|password|wait)[a-z-]*$/;

/**
 * The connection that a command makes: whether it sends data away, and to which machine. A machine is named only where all its words are
 * known; undefined for what makes none, such as `rsync` between two folders.
 */
export function connectionOf(command: SimpleCommand): Connection | undefined {
  const [, socket] =
    command.writes.map(({ value }) => /^\/dev\/(?:tcp|udp)\/([^/]+)/.exec(value) ?? []).find(([all]) => all) ?? [];
  if (socket !== undefined) return connect(true, [socket], command);
  const [first, ...args] = command.words;
  const name = programName(first?.value ?? '');
  const values = args.map(({ value }) => value);
  if (transfers.test(name)) return transferOf(name, command, values);
  if (copies.test(name)) return copyOf(command, values);
  if (pipes.test(name)) {
    const host = values.find((value) => !value.startsWith('-'));
    return connect(command.isFed, host === undefined || name === 'socat' ? [] : [host], command);
  }
  if (logins.test(name)) return loginOf(name, command);
  if (mailers.test(name)) return connect(true, [], command);
  if (publishers.test([name, ...values.slice(0, 2)].join(' '))) return connect(true, ['GitHub'], command);
  if (name === 'openssl' && values[0] === 's_client') return connect(command.isFed, [], command);
  const bucket = values.findLast((value) => !value.startsWith('-')) ?? '';
  const isStored = /^(aws s3|gsutil) (cp|mv|sync|rsync)$/.test(
    [name, ...values.slice(0, name === 'aws' ? 2 : 1)].join(' '),
  );
  return isStored && /^(s3|gs):\/\//.test(bucket) ? connect(true, [bucket], command) : undefined;
}

/** A shell on another machine that is fed runs what it is given. */
function loginOf(name: string, command: SimpleCommand): Connection {
  const found = connect(command.isFed, [hostOfLogin(command)], command);
  if (name !== 'ssh' || !command.isFed || !isShellElsewhere(command)) return found;
  const [file] = command.reads.filter(({ isKnown }) => isKnown);
  const what = file ? `what is in ${clipCommand(file.value)}` : 'commands that are not shown here';
  return { ...found, does: found.does.replace(/^sends data to/, `runs ${what} on`), gravity: 3 };
}

function transferOf(name: string, command: SimpleCommand, values: readonly string[]): Connection {
  const options: string[] = [];
  const addresses: string[] = [];
  let method = '';
  for (let at = 0; at < values.length; at += 1) {
    const { option, value, takesNext } = readOption(values[at]!, valued[name] ?? '');
    if (option === undefined) addresses.push(values[at]!);
    else options.push(option);
    if (/^(-X|--request|--method)$/.test(option ?? '')) method = (value ?? values[at + 1] ?? '').toUpperCase();
    if (takesNext) at += 1;
  }
  const isFilled = command.words.some(({ value, isKnown }) => !isKnown && /\$\(|`/.test(value));
  const isSent = isFilled || /^(PUT|POST|PATCH)$/.test(method) || options.some((each) => sends[name]?.test(each));
  const isPlain = sends[name] !== undefined && !options.some((each) => leadsOn[name]?.test(each));
  const hosts = addresses.map(hostOf);
  const found = connect(isSent, isPlain && !hosts.includes(undefined) ? hosts : [], command);
  if (method !== 'DELETE') return found;
  return { ...found, does: found.does.replace(/^(connects|sends data) to/, 'sends a DELETE request to'), gravity: 3 };
}

type ReadOption = { readonly option?: string; readonly value?: string; readonly takesNext: boolean };

/** An option by its name: of `-sSd@x` that is `-d`, the one with a value. */
function readOption(word: string, letters: string): ReadOption {
  if (!/^-./.test(word)) return { takesNext: false };
  const [, long, inline] = /^(--[^=]*)(?:=(.*))?$/s.exec(word) ?? [];
  if (long !== undefined)
    return inline === undefined
      ? { option: long, takesNext: longWithValue.test(long) }
      : { option: long, value: inline, takesNext: false };
  const at = [...word].findIndex((letter, place) => place > 0 && letters.includes(letter));
  if (at === -1) return { option: word, takesNext: false };
  const value = word.slice(at + 1);
  return { option: `-${word[at]}`, ...(value === '' ? {} : { value }), takesNext: value === '' };
}

/** The machine of an address, as it is connected to: `https://a.example@b.example/` is b.example. */
function hostOf(value: string): string | undefined {
  try {
    return new URL(/^[a-z][a-z\d+.-]*:\/\//i.test(value) ? value : `http://${value}`).host;
  } catch {
    return undefined;
  }
}

function copyOf(command: SimpleCommand, values: readonly string[]): Connection | undefined {
  const operands = values.filter((value) => !value.startsWith('-'));
  const hosts = operands.flatMap((value) => machineOf(value));
  if (hosts.length === 0) return undefined;
  const sends = machineOf(operands.at(-1) ?? '').length > 0;
  return connect(sends, hosts, command);
}

function machineOf(value: string): string[] {
  const [, host] = /^(?:[a-z]+:\/\/)?([^/:]+):/.exec(value) ?? [];
  return host === undefined ? [] : [host];
}

function connect(sends: boolean, hosts: readonly (string | undefined)[], { words }: SimpleCommand): Connection {
  const named = [...new Set(hosts)].filter((host) => host !== undefined && host !== '');
  const isKnown = words.every((word) => word.isKnown);
  const where =
    isKnown && named.length > 0 && named.length <= 3
      ? named.map((host) => clipCommand(host ?? '')).join(', ')
      : 'other machines';
  return sends
    ? { does: `sends data to ${where}`, gravity: 2.5, sends }
    : { does: `connects to ${where}`, gravity: 2, sends };
}
