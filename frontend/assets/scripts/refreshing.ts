// Keeps a part of a page fresh: the screen in a room, the lobby. The page itself has a link that does the same.
// An element says how often (`data-refreshing`, in seconds) and what it shows (`data-stamp`); the server answers 304
// when that has not changed. A timer inside counts down by the server's clock.

const parts = document.querySelectorAll<HTMLElement>("[data-refreshing]");

function tick(): void {
  for (const timer of document.querySelectorAll<HTMLElement>("[data-ends]")) {
    // What the server's clock said when this came, and how long ago that was.
    const came = Number(timer.dataset["came"] ?? (timer.dataset["came"] = String(performance.now())));
    const now = Date.parse(timer.dataset["now"] ?? "") + performance.now() - came;
    const left = Math.max(0, Math.round((Date.parse(timer.dataset["ends"] ?? "") - now) / 1000));
    const words =
      left > 0 ? `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}` : (timer.dataset["over"] ?? "");
    if (timer.textContent !== words) timer.textContent = words;
  }
}

async function refresh(part: HTMLElement): Promise<void> {
  const answer = await fetch(location.href, {
    headers: { "If-None-Match": part.dataset["stamp"] ?? "" },
    cache: "no-store",
  });
  if (answer.status === 304) return;
  if (answer.redirected) {
    location.assign(answer.url);
    return;
  }
  if (!answer.ok) return;
  const fresh = new DOMParser()
    .parseFromString(await answer.text(), "text/html")
    .querySelector<HTMLElement>("[data-refreshing]");
  if (!fresh) {
    location.reload();
  } else if (fresh.dataset["stamp"] !== part.dataset["stamp"]) {
    part.dataset["stamp"] = fresh.dataset["stamp"] ?? "";
    part.replaceChildren(...fresh.childNodes);
    tick();
  }
}

function again(part: HTMLElement, seconds: number): void {
  // A third at random, so that a hall of phones does not ask in the same instant.
  const pause = seconds * (1 + Math.random() / 3) * 1000;
  setTimeout(() => {
    const asked = document.visibilityState === "visible" ? refresh(part) : Promise.resolve();
    void asked.catch(() => undefined).then(() => again(part, seconds));
  }, pause);
}

for (const part of parts) again(part, Number(part.dataset["refreshing"]) || 5);
tick();
setInterval(tick, 1000);
