import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export const keys = { AWS_ACCESS_KEY_ID: 'the-id', AWS_SECRET_ACCESS_KEY: 'the-secret' };

const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
const hash = (text: string) => createHash('sha256').update(text).digest('hex');

/** Whether a request carries the signature that its own words give with our secret (AWS Signature Version 4, as Amazon describes it). */
function isSigned(request: IncomingMessage): boolean {
  const { headers, method = '', url = '' } = request;
  const [path = '', query = ''] = url.split('?');
  const parts = /Credential=the-id\/(\d+)\/(.+)\/s3\/aws4_request, SignedHeaders=(.+), Signature=(.+)$/.exec(
    headers.authorization ?? '',
  );
  const [, day = '', region = '', names = '', signature] = parts ?? [];
  const sorted = query.split('&').filter(Boolean).sort().join('&').replaceAll('+', '%20');
  const lines = names.split(';').map((name) => `${name}:${String(headers[name]).trim()}\n`);
  const canonical = [method, path, sorted, lines.join(''), names, headers['x-amz-content-sha256']].join('\n');
  const scope = `${day}/${region}/s3/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, hash(canonical)].join('\n');
  const key = [region, 's3', 'aws4_request'].reduce(
    (made: Buffer, word) => hmac(made, word),
    hmac('AWS4the-secret', day),
  );
  return hmac(key, text).toString('hex') === signature;
}

const xml = (text: string) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');

/** A storage with one bucket, `fleet`, that speaks S3: signed requests, lists of two keys a page, and one broken connection for each object. */
export async function startS3(objects: Readonly<Record<string, Buffer>>) {
  const broken = new Set<string>();
  const ranges: string[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://x');
    const refuse = (status: number, code: string) =>
      response.writeHead(status).end(`<Error><Code>${code}</Code></Error>`);
    if (!isSigned(request)) return refuse(403, 'SignatureDoesNotMatch');
    const key = decodeURIComponent(url.pathname.replace(/^\/fleet\//, ''));
    if (url.searchParams.has('list-type')) {
      const all = Object.keys(objects).filter((name) => name.startsWith(url.searchParams.get('prefix') ?? ''));
      const start = Number(url.searchParams.get('continuation-token') ?? 0);
      const page = all.slice(start, start + 2);
      const rows = page.map(
        (name) => `<Contents><Key>${xml(name)}</Key><Size>${objects[name]?.length}</Size></Contents>`,
      );
      const more = `<IsTruncated>${start + 2 < all.length}</IsTruncated><NextContinuationToken>${start + 2}</NextContinuationToken>`;
      return response.end(`<ListBucketResult>${rows.join('')}${more}</ListBucketResult>`);
    }
    const object = objects[key];
    if (object === undefined) return refuse(404, 'NoSuchKey');
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    if (from > 0) ranges.push(request.headers.range ?? '');
    response.writeHead(from > 0 ? 206 : 200, { etag: '"1"', 'content-length': object.length - from });
    if (broken.has(key) || object.length < 100) return response.end(object.subarray(from));
    broken.add(key);
    return response.write(object.subarray(from, 100), () => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, ranges, close: () => new Promise((resolve) => server.close(resolve)) };
}
