// What this device keeps when the page closes: ops that wait for an answer, and drafts. In IndexedDB; where that is
// refused (private windows, a full disk) in memory alone, and `remembers` says so.
import { signal, type ReadonlySignal } from "@preact/signals";
import { createStore, promisifyRequest, type UseStore } from "idb-keyval";

export interface Shelf {
  readonly remembers: ReadonlySignal<boolean>;
  /** Everything kept under this name. */
  read<T>(name: string): Promise<T[]>;
  put(name: string, key: string, value: unknown): void;
  drop(name: string, key: string): void;
}

/** `prefix`: of what is kept for one person on one board. */
export function openShelf(prefix: string): Shelf {
  const remembers = signal(true);
  let database: UseStore | undefined;
  async function tried<T>(doing: (database: UseStore) => Promise<T>): Promise<T | undefined> {
    try {
      // Some browsers never answer when they refuse.
      const late = new Promise<undefined>((done) => setTimeout(done, 3000));
      const answer = doing((database ??= createStore("golden-thread-board", "kept"))).then((value) => ({ value }));
      const first = await Promise.race([answer, late]);
      if (first) return first.value;
      // Others are only slow: a page that slept.
      answer.then(
        () => (remembers.value = true),
        () => {},
      );
    } catch {
      // Refused, or full.
    }
    remembers.value = false;
    return undefined;
  }
  function change(doing: (kept: IDBObjectStore) => void) {
    void tried((into) =>
      into("readwrite", (kept) => {
        doing(kept);
        return promisifyRequest(kept.transaction);
      }),
    );
  }
  const place = (name: string, key: string) => `${prefix}/${name}/${key}`;
  return {
    remembers,
    async read<T>(name: string) {
      const start = place(name, "");
      const all = await tried((from) =>
        from("readonly", (kept) => Promise.all([promisifyRequest(kept.getAllKeys()), promisifyRequest<T[]>(kept.getAll())])),
      );
      return (all?.[1] ?? []).filter((_, at) => `${all![0][at]}`.startsWith(start));
    },
    put: (name, key, value) => change((kept) => kept.put(value, place(name, key))),
    drop: (name, key) => change((kept) => kept.delete(place(name, key))),
  };
}
