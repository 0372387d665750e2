// Passkeys on the sign-in and account pages. A form that asks for one is hidden until this script knows that the
// browser can answer; without it, links by email, passwords and codes work as ever.

type Json = Record<string, unknown>;

function bytes(text: string): ArrayBuffer {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/").padEnd(Math.ceil(text.length / 4) * 4, "="));
  const out = new Uint8Array(plain.length);
  for (let i = 0; i < plain.length; i++) out[i] = plain.charCodeAt(i);
  return out.buffer;
}

function text(buffer: ArrayBuffer | null): string | null {
  if (!buffer) return null;
  let plain = "";
  for (const byte of new Uint8Array(buffer)) plain += String.fromCharCode(byte);
  return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

function descriptors(list: unknown): PublicKeyCredentialDescriptor[] {
  return ((list as Json[] | undefined) ?? []).map((one) => ({
    type: "public-key",
    id: bytes(one["id"] as string),
    transports: (one["transports"] as AuthenticatorTransport[] | undefined) ?? [],
  }));
}

async function create(options: Json, alone: boolean): Promise<Json> {
  const wanted = options["publicKey"] as Json;
  const user = wanted["user"] as Json;
  const selection: Json = { ...(wanted["authenticatorSelection"] as Json | undefined) };
  selection["residentKey"] = alone ? "required" : "discouraged";
  selection["requireResidentKey"] = alone;
  if (alone) selection["userVerification"] = "required";
  const made = (await navigator.credentials.create({
    publicKey: {
      ...wanted,
      challenge: bytes(wanted["challenge"] as string),
      user: { ...user, id: bytes(user["id"] as string) },
      excludeCredentials: descriptors(wanted["excludeCredentials"]),
      authenticatorSelection: selection,
    } as unknown as PublicKeyCredentialCreationOptions,
  })) as PublicKeyCredential;
  const answer = made.response as AuthenticatorAttestationResponse;
  return {
    ...named(made),
    response: {
      clientDataJSON: text(answer.clientDataJSON),
      attestationObject: text(answer.attestationObject),
      transports: answer.getTransports?.() ?? [],
    },
  };
}

async function get(options: Json): Promise<Json> {
  const wanted = options["publicKey"] as Json;
  const given = (await navigator.credentials.get({
    publicKey: {
      ...wanted,
      challenge: bytes(wanted["challenge"] as string),
      allowCredentials: descriptors(wanted["allowCredentials"]),
    } as unknown as PublicKeyCredentialRequestOptions,
  })) as PublicKeyCredential;
  const answer = given.response as AuthenticatorAssertionResponse;
  return {
    ...named(given),
    response: {
      clientDataJSON: text(answer.clientDataJSON),
      authenticatorData: text(answer.authenticatorData),
      signature: text(answer.signature),
      userHandle: text(answer.userHandle),
    },
  };
}

function named(credential: PublicKeyCredential): Json {
  return {
    type: credential.type,
    id: credential.id,
    rawId: text(credential.rawId),
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
  };
}

async function optionsOf(form: HTMLFormElement): Promise<Json> {
  const address = form.dataset["optionsUrl"];
  if (!address) return JSON.parse(document.getElementById(form.dataset["options"] ?? "")?.textContent ?? "{}") as Json;
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error("no options");
  return (await answer.json()) as Json;
}

function prepare(form: HTMLFormElement): void {
  const field = form.querySelector<HTMLInputElement>("input[name=credential]");
  const problem = form.querySelector<HTMLElement>("[data-gt-passkey-error]");
  if (!field) return;
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (problem) problem.hidden = true;
    try {
      const options = await optionsOf(form);
      const alone = form.querySelector<HTMLInputElement>("input[name=passwordless]")?.checked ?? false;
      const credential =
        form.dataset["gtPasskey"] === "create"
          ? await create((options["creation_options"] ?? options) as Json, alone)
          : await get((options["request_options"] ?? options) as Json);
      field.value = JSON.stringify(credential);
      form.submit();
    } catch {
      // Cancelled, refused, or no passkey here: say so where the button is.
      if (problem) problem.hidden = false;
    }
  });
}

if ("PublicKeyCredential" in window && "credentials" in navigator) {
  document.querySelectorAll<HTMLFormElement>("form[data-gt-passkey]").forEach(prepare);
}
