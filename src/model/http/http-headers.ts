/**
 * Headers as the clients' SDKs expect them. Node's own come with all of its fetch, and an HTTP parser in WebAssembly that is optimised for
 * a tenth of a second more before a process can end: 27 ms of processor time and 10 MB that nothing else here needs.
 * Names are looked up without regard to case and given back in small letters.
 */
export class HttpHeaders implements Headers {
  readonly #values = new Map<string, string>();

  /** `from`: pairs (other headers are such, too), or an object. Throws TypeError for a value that no header can have. */
  constructor(from: HeadersInit = {}) {
    const pairs = Symbol.iterator in from ? from : Object.entries(from);
    for (const [name, value] of pairs) this.append(name ?? '', value ?? '');
  }

  append(name: string, value: string): void {
    const before = this.get(name);
    // Cookies alone can't be joined by commas; nobody here reads them.
    this.set(name, before === null ? value : `${before}, ${value.trim()}`);
  }

  set(name: string, value: string): void {
    const text = String(value).trim();
    if (/[^\t\x20-\x7e\x80-\xff]/.test(text))
      throw new TypeError(`The header ${name} contains a character that is not allowed in headers.`);
    this.#values.set(name.toLowerCase(), text);
  }

  get(name: string): string | null {
    return this.#values.get(name.toLowerCase()) ?? null;
  }

  getSetCookie(): string[] {
    const cookies = this.get('set-cookie');
    return cookies === null ? [] : [cookies];
  }

  has(name: string): boolean {
    return this.#values.has(name.toLowerCase());
  }

  delete(name: string): void {
    this.#values.delete(name.toLowerCase());
  }

  forEach(visit: (value: string, name: string, parent: Headers) => void): void {
    for (const [name, value] of this.#values) visit(value, name, this);
  }

  entries() {
    return this.#values.entries();
  }

  keys() {
    return this.#values.keys();
  }

  values() {
    return this.#values.values();
  }

  [Symbol.iterator]() {
    return this.#values.entries();
  }
}
