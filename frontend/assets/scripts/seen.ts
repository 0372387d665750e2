// Says that a record was looked at, once its page was before somebody for three seconds, so that their next digest need
// not tell them what they have just read. Only pages of people who are signed in hold the element that asks for it.

const SECONDS = 3;

export function tellSeen(): void {
  const record = document.querySelector<HTMLElement>("[data-gt-seen]");
  const token = document.querySelector<HTMLInputElement>("[name=csrfmiddlewaretoken]")?.value;
  if (!record || !token) return;
  let left = SECONDS;
  const timer = setInterval(() => {
    if (document.hidden || --left > 0) return;
    clearInterval(timer);
    const { gtSeen, kind, key } = record.dataset;
    const body = new URLSearchParams({ csrfmiddlewaretoken: token, kind: kind ?? "", key: key ?? "" });
    fetch(gtSeen ?? "", { method: "POST", body, redirect: "manual" }).catch(() => undefined);
  }, 1000);
}
