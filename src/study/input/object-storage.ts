import { Readable } from 'node:stream';
import { AwsClient } from 'aws4fetch';
import { causesOf, errorCode, messageOf, UserError } from '../../core/errors.ts';
import { chooseFetch } from '../../model/http/choose-fetch.ts';

/** An object as it is read: its address as the user writes it, and its size where the storage says it. */
export type RemoteFile = { readonly path: string; readonly bytes: number };

type Env = Readonly<Record<string, string | undefined>>;
type Target = { readonly url: string; readonly sign: AwsClient | undefined };

const tries = 4;
const pauseMs = 250;

/**
 * The objects that a path names: one of `https://…` is itself; `s3://bucket/beginning` are all whose key begins so, with `*` standing for anything in a
 * key, filtered by `isWanted`. Throws UserError where the storage refuses or holds none.
 */
export async function findRemote(path: string, isWanted: (key: string) => boolean, env: Env): Promise<RemoteFile[]> {
  if (!/^s3:/i.test(path)) return [{ path, bytes: 0 }];
  const { bucket, key } = readS3(path);
  const star = key.indexOf('*');
  const prefix = star === -1 ? key : key.slice(0, star);
  const pattern = star === -1 ? undefined : patternOf(key);
  const found: RemoteFile[] = [];
  for await (const object of listObjects(bucket, prefix, env)) {
    const isMeant = pattern ? pattern.test(object.key) : isBelow(object.key, key);
    if (isMeant && (object.key === key || isWanted(object.key)))
      found.push({ path: `s3://${bucket}/${object.key}`, bytes: object.bytes });
  }
  if (found.length === 0) throw new UserError(`There is no session at ${path}; check bucket and key.`);
  return found.sort((one, other) => (one.path < other.path ? -1 : 1));
}

/** A key named whole, or a folder of keys: `runs` is not the beginning of `runs-old/x`. */
function isBelow(key: string, named: string): boolean {
  return named === '' || named.endsWith('/') ? key.startsWith(named) : key === named || key.startsWith(`${named}/`);
}

function patternOf(key: string): RegExp {
  return new RegExp(
    `^${key
      .split(/\*+/)
      .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*')}$`,
    's',
  );
}

/**
 * The bytes of an object. A connection that breaks is taken up again where it broke, as long as the object is the same one. `onBytes` hears of progress.
 */
export function openRemote(path: string, onBytes: (bytes: number) => void, env: Env): Readable {
  return Readable.from(readRemote(path, onBytes, env), { objectMode: false });
}

async function* readRemote(path: string, onBytes: (bytes: number) => void, env: Env): AsyncGenerator<Uint8Array> {
  let at = 0;
  let tag: string | null = null;
  for (let attempt = 1; ; attempt += 1) {
    try {
      const range = at === 0 ? undefined : { range: `bytes=${at}-`, ...(tag !== null && { 'if-range': tag }) };
      const response = await ask(targetOf(path, env), path, env, range);
      if (at > 0 && response.status !== 206) throw new UserError(`${path} changed while it was read; run it again.`);
      tag = response.headers.get('etag');
      for await (const chunk of response.chunks) {
        at += chunk.length;
        onBytes(chunk.length);
        attempt = 1;
        yield chunk;
      }
      return;
    } catch (error) {
      await pauseUnlessLast(error, path, at === 0 && isNobodyThere(error) ? tries : attempt);
    }
  }
}

async function* listObjects(bucket: string, prefix: string, env: Env) {
  let next: string | undefined;
  do {
    const query = new URLSearchParams({
      'list-type': '2',
      prefix,
      ...(next !== undefined && { 'continuation-token': next }),
    });
    const target = targetOf(`s3://${bucket}/`, env);
    const page = await readPage({ ...target, url: `${target.url}?${query}` }, `s3://${bucket}/${prefix}`, env);
    for (const [, content = ''] of page.matchAll(/<Contents>([\s\S]*?)<\/Contents>/g))
      yield { key: field(content, 'Key'), bytes: Number(field(content, 'Size')) };
    next = /<IsTruncated>true</.test(page) ? field(page, 'NextContinuationToken') : undefined;
  } while (next !== undefined && next !== '');
}

async function readPage(target: Target, shown: string, env: Env): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await textOf((await ask(target, shown, env)).chunks);
    } catch (error) {
      await pauseUnlessLast(error, shown, isNobodyThere(error) ? tries : attempt);
    }
  }
}

/** A wrong address, more likely than a server that is just starting. */
function isNobodyThere(error: unknown): boolean {
  return causesOf(error).some((cause) => /^(?:ECONNREFUSED|ENOTFOUND)$/.test(errorCode(cause) ?? ''));
}

/** Before a broken connection is tried again. Throws UserError where the storage refused, or was tried often enough. */
async function pauseUnlessLast(error: unknown, shown: string, attempt: number): Promise<void> {
  if (error instanceof UserError) throw error;
  if (attempt === tries) throw new UserError(`${shown} can't be read: ${messageOf(error)}.`, { cause: error });
  await pause(attempt);
}

function field(xml: string, name: string): string {
  return decodeXml(new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1] ?? '');
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };

function decodeXml(text: string): string {
  return text.replace(/&(?:(lt|gt|quot|apos|amp)|#x([\da-f]{1,6})|#(\d{1,7}));/gi, (_, name, hex, decimal) =>
    name
      ? (entities[name.toLowerCase()] ?? '')
      : String.fromCodePoint(hex ? Number.parseInt(hex, 16) : Number(decimal)),
  );
}

async function textOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all).toString('utf8');
}

/** Asks with the signature of the moment, again while the storage is busy. Throws UserError where it refuses. */
async function ask(target: Target, shown: string, env: Env, headers: Record<string, string> = {}) {
  const fetch = await chooseFetch(target.url, env);
  for (let attempt = 1; ; attempt += 1) {
    const signed = await target.sign?.sign(target.url, { headers, aws: { allHeaders: false } });
    const response = await fetch(signed?.url ?? target.url, { headers: signed?.headers ?? headers });
    if (response.status === 200 || response.status === 206) return response;
    const isBusy = response.status >= 500 || response.status === 429;
    if (!isBusy || attempt === tries)
      throw new UserError(describe(shown, response.status, await textOf(response.chunks)));
    await pause(attempt);
  }
}

function describe(shown: string, status: number, body: string): string {
  const code = field(body, 'Code');
  const help =
    status === 403 || status === 401
      ? '; keys are taken from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, the place from AWS_REGION or AWS_ENDPOINT_URL'
      : status === 301
        ? '; the bucket is in another region: set AWS_REGION'
        : '';
  return `${shown} can't be read: the server answered ${status}${code === '' ? '' : ` (${code})`}${help}.`;
}

function readS3(path: string): { bucket: string; key: string } {
  const [, bucket = '', key = ''] = /^s3:\/\/([^/]+)\/?(.*)$/is.exec(path) ?? [];
  if (!/^[a-z0-9][a-z0-9.-]{1,62}$/.test(bucket))
    throw new UserError(`${path} names no bucket; write s3://BUCKET/KEY.`);
  return { bucket, key };
}

/** Where an address leads: the endpoint of the variables (MinIO, R2, ...) with the bucket in the path, else Amazon's with the bucket in the name. */
function targetOf(path: string, env: Env): Target {
  if (!/^s3:/i.test(path)) return { url: path, sign: undefined };
  const { bucket, key } = readS3(path);
  const region = env.AWS_REGION || env.AWS_DEFAULT_REGION || 'us-east-1';
  const endpoint = env.AWS_ENDPOINT_URL_S3 || env.AWS_ENDPOINT_URL;
  const root = endpoint ? `${endpoint.replace(/\/+$/, '')}/${bucket}` : `https://${bucket}.s3.${region}.amazonaws.com`;
  if (!URL.canParse(root)) throw new UserError(`AWS_ENDPOINT_URL is not a URL: ${endpoint}.`);
  const url = `${root}/${key.split('/').map(encodeURIComponent).join('/')}`;
  const [accessKeyId, secretAccessKey] = [env.AWS_ACCESS_KEY_ID, env.AWS_SECRET_ACCESS_KEY];
  if (!accessKeyId || !secretAccessKey) return { url, sign: undefined };
  const sessionToken = env.AWS_SESSION_TOKEN;
  const keys = { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
  return { url, sign: new AwsClient({ ...keys, service: 's3', region }) };
}

function pause(attempt: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, pauseMs * 2 ** attempt));
}
