/**
 * The three functions of the Reflect Metadata proposal without which the X.509 library does not load (its dependency
 * injection asks for them). Imported for its effect, before the library; where somebody has them already, theirs stay.
 */

interface ReflectMetadata {
  defineMetadata?(key: unknown, value: unknown, target: object): void;
  getOwnMetadata?(key: unknown, target: object): unknown;
  getMetadata?(key: unknown, target: object): unknown;
}

const reflect = Reflect as ReflectMetadata;

if (reflect.getMetadata === undefined) {
  const kept = new WeakMap<object, Map<unknown, unknown>>();
  reflect.defineMetadata = (key, value, target) => {
    const metadata = kept.get(target) ?? new Map<unknown, unknown>();
    kept.set(target, metadata.set(key, value));
  };
  reflect.getOwnMetadata = (key, target) => kept.get(target)?.get(key);
  reflect.getMetadata = (key, target) => {
    for (let at: object | null = target; at !== null; at = Reflect.getPrototypeOf(at)) {
      const metadata = kept.get(at);
      if (metadata?.has(key)) return metadata.get(key);
    }
    return undefined;
  };
}
