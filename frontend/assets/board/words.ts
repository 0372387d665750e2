// The page's words: every sentence comes with the page, translated; here its places are filled and its number chosen.
export type About = Readonly<Record<string, string | number>>;

let words: Readonly<Record<string, string>> = {};
let plural = new Intl.PluralRules("en");

export function speak(given: Readonly<Record<string, string>>, language: string): void {
  words = given;
  plural = new Intl.PluralRules(language || "en");
}

/** A sentence. With ``n`` among its places, the form for that number is taken (``key.one``, ``key.other``). */
export function say(key: string, about: About = {}): string {
  const counted = typeof about["n"] === "number" ? words[`${key}.${plural.select(about["n"])}`] ?? words[`${key}.other`] : undefined;
  return (counted ?? words[key] ?? key).replace(/%\((\w+)\)s/g, (_, name: string) => String(about[name] ?? ""));
}
