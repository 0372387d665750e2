// The run screen of a meeting, which works without this. One key chooses what is marked, outside of text and only while
// the box below it is ticked (WCAG 2.1.4); a mark that could not be sent stays where it was typed.

const STORED = "gt-run-keys";
const KEYS: Record<string, string> = { n: "note", a: "action", d: "decision" };
const keys = document.getElementById("keys");
const on = document.getElementById("keys-on") as HTMLInputElement | null;

function remembered(): string | null {
  try {
    return localStorage.getItem(STORED);
  } catch {
    return null;
  }
}

if (keys && on) {
  keys.hidden = false;
  on.checked = remembered() !== "off";
  on.addEventListener("change", () => {
    try {
      localStorage.setItem(STORED, on.checked ? "on" : "off");
    } catch {
      // A browser that keeps nothing: it holds until the page is left.
    }
  });
}

document.addEventListener("keydown", (event) => {
  const kind = KEYS[event.key.toLowerCase()];
  const where = event.target as HTMLElement;
  if (!kind || !on?.checked || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (where.isContentEditable || where.matches("textarea, select, input:not([type=radio]):not([type=checkbox])")) return;
  const radio = document.querySelector<HTMLInputElement>(`#mark input[name=kind][value=${kind}]`);
  if (!radio) return;
  radio.checked = true;
  document.querySelector<HTMLElement>("#mark textarea")?.focus();
  event.preventDefault();
});

const DRAFT = "gt-run-mark";
const form = document.getElementById("mark") as HTMLFormElement | null;
const told = document.getElementById("unsent");

function kept(): Record<string, string> | null {
  try {
    return JSON.parse(sessionStorage.getItem(DRAFT) ?? "null") as Record<string, string> | null;
  } catch {
    return null;
  }
}

function keep(values: Record<string, string> | null): void {
  try {
    if (values) sessionStorage.setItem(DRAFT, JSON.stringify(values));
    else sessionStorage.removeItem(DRAFT);
  } catch {
    // A browser that keeps nothing: the box on the page still holds it.
  }
}

function say(): void {
  if (!told) return;
  told.className = "govuk-error-message";
  told.textContent = told.dataset["words"] ?? "";
}

// What was sent and is not among what was marked did not arrive (signed out meanwhile, say): it is put back.
const before = kept();
if (before && form) {
  const text = form.querySelector("textarea");
  if (document.querySelector(`[data-mark="${CSS.escape(before["uuid"] ?? "")}"]`)) {
    keep(null);
  } else if (text && !text.value && form.querySelector<HTMLInputElement>("[name=item]")?.value === before["item"]) {
    for (const field of form.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>("input, textarea")) {
      const value = before[field.name];
      if (value === undefined || field.name === "csrfmiddlewaretoken") continue;
      if (field.type === "radio") (field as HTMLInputElement).checked = field.value === value;
      else field.value = value;
    }
    say();
  }
}

form?.addEventListener("submit", (event) => {
  event.preventDefault();
  const button = form.querySelector<HTMLButtonElement>("button[name=mark]");
  const body = new FormData(form);
  body.set("mark", "1");
  keep(Object.fromEntries([...body].map(([name, value]) => [name, String(value)])));
  if (told) told.textContent = "";
  if (button) button.disabled = true;
  // The mark keeps its name: if it did arrive, sending it again keeps it once.
  fetch(location.href, { method: "POST", body, redirect: "manual" })
    .then((answer) => {
      if (answer.type === "opaqueredirect") {
        location.reload();
      } else if (answer.status < 500) {
        // Refused: the page itself says why, beside what was typed.
        const name = Object.assign(document.createElement("input"), { type: "hidden", name: "mark", value: "1" });
        form.append(name);
        form.submit();
      } else {
        throw new Error(String(answer.status));
      }
    })
    .catch(() => {
      say();
      if (button) button.disabled = false;
    });
});
