// My drafts: text that was refused, or not sent yet. Nothing that somebody typed is thrown away by anybody else.
import { signal, type ReadonlySignal } from "@preact/signals";

import { newId } from "./device";
import type { Draft } from "./interface";
import type { AskedOp, Kind, Refusal } from "./protocol";
import type { Shelf } from "./shelf";

export interface Drafts {
  readonly all: ReadonlySignal<readonly Draft[]>;
  load(): Promise<void>;
  save(text: string, about?: Partial<Draft>): string;
  drop(id: string): void;
  /** Of a refused op, if there was text in it. */
  refuse(op: AskedOp, answer: Refusal): Draft | undefined;
}

export function createDrafts(shelf: Shelf): Drafts {
  const all = signal<readonly Draft[]>([]);
  const without = (id: string) => all.peek().filter((draft) => draft.id !== id);
  function drop(id: string) {
    all.value = without(id);
    shelf.drop("draft", id);
  }
  function save(text: string, about: Partial<Draft> = {}) {
    const draft = { at: Date.now(), ...about, id: about.id ?? newId(), text };
    if (!text.trim()) drop(draft.id);
    else {
      all.value = [...without(draft.id), draft].sort((a, b) => a.at - b.at);
      shelf.put("draft", draft.id, draft);
    }
    return draft.id;
  }
  return {
    all,
    async load() {
      const kept = await shelf.read<Draft>("draft");
      all.value = [...kept, ...all.peek()].sort((a, b) => a.at - b.at);
    },
    save,
    drop,
    refuse(op, { code, sentence }) {
      const props = (op.props ?? {}) as Record<string, unknown>;
      const text = ["text", "what", "title", "prompt"].flatMap((key) => (props[key] as string) ?? []).join("\n");
      // The op's id: two tabs that hear the same refusal make one draft.
      save(text, { id: op.op_id, kind: op.kind as Kind, target: op.target, props, code, sentence });
      return all.peek().find((draft) => draft.id === op.op_id);
    },
  };
}
