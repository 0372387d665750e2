// The documentation of the API can be tried out where scripts run. Swagger UI is heavy: it comes when it is asked for.

interface SwaggerOptions {
  url: string;
  domNode: HTMLElement;
  presets: unknown[];
  [option: string]: unknown;
}
interface Swagger {
  (options: SwaggerOptions): unknown;
  presets: { apis: unknown };
}
declare global {
  interface Window {
    SwaggerUIBundle?: Swagger;
  }
}

function loaded(element: HTMLScriptElement | HTMLLinkElement): Promise<void> {
  return new Promise((resolve, reject) => {
    element.addEventListener("load", () => resolve());
    element.addEventListener("error", () => reject(new Error("could not be loaded")));
    document.head.append(element);
  });
}

async function show(section: HTMLElement, room: HTMLElement): Promise<void> {
  const styles = document.createElement("link");
  styles.rel = "stylesheet";
  styles.href = section.dataset["styles"] ?? "";
  const script = document.createElement("script");
  script.src = section.dataset["script"] ?? "";
  await Promise.all([loaded(styles), loaded(script)]);
  const swagger = window.SwaggerUIBundle;
  if (!swagger) throw new Error("is not there");
  swagger({
    url: section.dataset["description"] ?? "",
    domNode: room,
    presets: [swagger.presets.apis],
    layout: "BaseLayout",
    deepLinking: false,
    docExpansion: "list",
    defaultModelsExpandDepth: -1,
    // A token given here is forgotten with the page, and the description is sent to nobody to be looked over.
    persistAuthorization: false,
    validatorUrl: null,
    requestInterceptor: (request: { credentials?: string }) => ({ ...request, credentials: "omit" }),
  });
}

const section = document.querySelector<HTMLElement>("[data-gt-api-try]");
const button = section?.querySelector("button");
const room = section?.querySelector<HTMLElement>("[data-gt-api-room]");
const failed = section?.querySelector<HTMLElement>("[data-gt-api-failed]");
if (section && button && room && failed) {
  section.hidden = false;
  button.addEventListener("click", () => {
    button.disabled = true;
    failed.hidden = true;
    show(section, room).then(
      () => {
        button.remove();
        room.tabIndex = -1;
        room.focus();
      },
      () => {
        button.disabled = false;
        failed.hidden = false;
      },
    );
  });
}

export {};
