// Keeps the number beside the bell true while the page is looked at. The server tells the number and its words; where
// it cannot be reached, or does not want this, the number stays as the page came with it.

const FIRST = 2000;
const LONGEST = 60_000;
const AGAIN = 4001;

export function watchBell(): void {
  const bell = document.querySelector<HTMLAnchorElement>("[data-gt-bell]");
  const words = bell?.querySelector("[data-gt-bell-words]");
  const short = bell?.querySelector("[data-gt-bell-short]");
  const says = document.querySelector("[data-gt-bell-says]");
  if (!bell || !words || !short) return;
  const address = location.origin.replace(/^http/, "ws") + (bell.dataset["gtBell"] ?? "");
  let socket: WebSocket | undefined;
  let timer = 0;
  let wait = FIRST;

  const open = (): void => {
    if (socket || document.hidden) return;
    try {
      socket = new WebSocket(address);
    } catch {
      return;
    }
    // One that is left before it is open would be complained of in the console.
    socket.onopen = () => document.hidden && leave();
    socket.onmessage = (event: MessageEvent<string>) => {
      wait = FIRST;
      const told = JSON.parse(event.data) as { unread: number; words: string; short: string };
      if (words.textContent === told.words) return;
      words.textContent = told.words;
      short.textContent = told.short;
      bell.classList.toggle("gt-bell--unread", told.unread > 0);
      if (says && told.unread) says.textContent = told.words;
    };
    socket.onclose = ({ code }) => {
      socket = undefined;
      if (code < 4000 || code === AGAIN) soon();
    };
  };
  const soon = (): void => {
    clearTimeout(timer);
    // Half of it at random, so that not all come back in the same instant.
    timer = setTimeout(open, wait * (0.5 + Math.random()));
    wait = Math.min(wait * 2, LONGEST);
  };
  const leave = (): void => {
    clearTimeout(timer);
    if (!socket || socket.readyState !== WebSocket.OPEN) return;
    socket.onclose = null;
    socket.close();
    socket = undefined;
  };
  // Not at once: most pages are left soon, and came with the number of that moment.
  const look = (): void => {
    if (document.hidden) {
      leave();
    } else {
      wait = FIRST;
      soon();
    }
  };
  document.addEventListener("visibilitychange", look);
  addEventListener("pagehide", leave);
  addEventListener("pageshow", look);
}
