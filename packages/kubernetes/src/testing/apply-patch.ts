export type Json = Record<string, unknown>;

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** RFC 7386: null deletes, objects merge, all else replaces. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isJson(patch)) return patch;
  const merged: Json = isJson(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete merged[name];
    else merged[name] = mergePatch(merged[name], value);
  }
  return merged;
}

/**
 * Server-side apply, as far as one manager per field goes: what it applied before and leaves out now goes, what others
 * set stays. Conditions merge by type, all other lists are replaced whole.
 */
export function applyPatch(target: unknown, before: unknown, now: unknown, name = ''): unknown {
  if (name === 'conditions' && Array.isArray(now)) return mergeByType(target, before, now);
  if (!isJson(now)) return now;
  const merged: Json = isJson(target) ? { ...target } : {};
  for (const key of Object.keys(isJson(before) ? before : {})) if (!(key in now)) delete merged[key];
  for (const [key, value] of Object.entries(now)) {
    merged[key] = applyPatch(merged[key], isJson(before) ? before[key] : undefined, value, key);
  }
  return merged;
}

function mergeByType(target: unknown, before: unknown, now: readonly unknown[]): unknown[] {
  const typeOf = (entry: unknown) => (isJson(entry) ? entry.type : undefined);
  const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
  const mine = new Set([...listOf(before), ...now].map(typeOf));
  return [...listOf(target).filter((entry) => !mine.has(typeOf(entry))), ...now];
}

/** RFC 6902, of which `add`, `replace`, `remove` and `test` on members of objects. Throws if a test fails. */
export function jsonPatch(target: Json, operations: unknown): Json {
  const result = structuredClone(target);
  for (const operation of Array.isArray(operations) ? operations : []) {
    const path = String(operation.path)
      .split('/')
      .slice(1)
      .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
    const last = path.pop() ?? '';
    const parent = path.reduce<unknown>((at, part) => (isJson(at) ? at[part] : undefined), result);
    if (!isJson(parent)) throw new Error(`no such path: ${operation.path}`);
    if (operation.op === 'test') {
      if (JSON.stringify(parent[last]) !== JSON.stringify(operation.value))
        throw new Error(`test failed: ${operation.path}`);
    } else if (operation.op === 'remove') delete parent[last];
    else parent[last] = operation.value;
  }
  return result;
}
