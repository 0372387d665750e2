// The board's small buttons: real ones, named for what they act on.
import type { ComponentChildren } from "preact";

import { say } from "./words";

interface Given {
  act: () => void;
  children: ComponentChildren;
  /** Whose button it is, for people who hear it by itself. */
  about?: string | undefined;
  /** Names it within its note, so that the keyboard finds it again. */
  name?: string;
  tab?: number;
  pressed?: boolean;
  barred?: boolean;
  opens?: boolean;
}

export function Button({ act, children, about, name, tab, pressed, barred, opens }: Given) {
  return (
    <button
      type="button"
      class="gt-small"
      onClick={act}
      data-act={name}
      tabIndex={tab}
      aria-pressed={pressed}
      aria-disabled={barred || undefined}
      aria-haspopup={opens ? "dialog" : undefined}
    >
      {children}
      {about && <span class="govuk-visually-hidden"> {say("for", { title: about })}</span>}
    </button>
  );
}
