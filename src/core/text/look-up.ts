/** An entry of a table by a name that came from outside; what every object has (`constructor`, `__proto__`) is not an entry. */
export function lookUp<Value>(table: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
