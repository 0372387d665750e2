// Warns before a session ends, and lets one key extend it (WCAG 2.2.1). What is sent too late is kept by the server.

const WARN_BEFORE = 5 * 60;
const SEEN = "gt-seen";

export function watchSession(): void {
  const dialog = document.querySelector<HTMLDialogElement>("dialog[data-gt-session]");
  if (!dialog || !dialog.showModal) return;
  const seconds = Number(dialog.dataset["seconds"]);
  const form = dialog.querySelector("form");
  const left = dialog.querySelector<HTMLElement>("[data-gt-session-left]");
  const over = dialog.querySelector<HTMLElement>("[data-gt-session-over]");
  if (!seconds || !form || !left || !over) return;

  // The clock on the wall, not a timer's count: a laptop that slept must not believe it has time left. Kept in the
  // browser's storage, because another tab may have been used meanwhile.
  const seen = (): number => Number(localStorage.getItem(SEEN)) || 0;
  const touch = (): void => localStorage.setItem(SEEN, String(Date.now()));
  touch();

  let told = false;
  const look = (): void => {
    if (told) return;
    const remaining = seconds - (Date.now() - seen()) / 1000;
    if (remaining > WARN_BEFORE) {
      if (dialog.open) dialog.close();
      return;
    }
    left.hidden = remaining <= 0;
    over.hidden = remaining > 0;
    if (!dialog.open) dialog.showModal();
  };
  form.addEventListener("submit", async (event) => {
    // "Go on", once it is over: nothing to ask the server, and nothing more to say.
    told = !over.hidden;
    if (told) return;
    event.preventDefault();
    dialog.close();
    try {
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form), redirect: "manual" });
      if (answer.ok) touch();
    } catch {
      // No network: the warning comes back.
    }
  });
  setInterval(look, 15_000);
  document.addEventListener("visibilitychange", look);
}
