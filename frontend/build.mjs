// Builds frontend/static/build/ from frontend/assets/. `--check` builds nothing: it measures what was built against
// the budgets of docs (gzipped) and fails when a page would grow too heavy. `--watch` rebuilds when a source changes.
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, watch, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

import * as esbuild from "esbuild";
import * as sass from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const source = join(here, "assets");
const target = join(here, "static", "build");

// Kilobytes, gzipped: what any ordinary page may load. A first view loads main.css, start.js, main.js and the icon.
const budgets = { "main.css": 22, "main.js": 12, "start.js": 0.5, "favicon.svg": 1 };
// What single pages load besides: the sign-in pages their passkeys, the page about the API what tries it out, and a
// workshop's board its client and its styles.
const besides = { "passkeys.js": 2, "api-docs.js": 1, "board.js": 30, "board.css": 6, "refreshing.js": 1, "running.js": 1.5 };
const firstView = { kilobytes: 40, requests: 6 };

async function build() {
  mkdirSync(target, { recursive: true });
  for (const name of ["main", "board"]) {
    const styles = sass.compile(join(source, "styles", `${name}.scss`), {
      loadPaths: [join(here, "node_modules")],
      style: "compressed",
      quietDeps: true,
    });
    const minified = await esbuild.transform(styles.css, { loader: "css", minify: true, target: "es2020" });
    writeFileSync(join(target, `${name}.css`), minified.code);
  }
  const shared = {
    outdir: target,
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2020",
    legalComments: "none",
    logLevel: "warning",
  };
  await esbuild.build({
    ...shared,
    entryPoints: ["main.ts", "start.js", "passkeys.ts", "api-docs.ts", "refreshing.ts", "running.ts"].map((name) => join(source, "scripts", name)),
  });
  await esbuild.build({
    ...shared,
    entryPoints: { board: join(source, "board", "main.tsx") },
    // Whoever has an older browser uses the simple version of the board, which needs none of this.
    target: "es2022",
    // Elements are made by preact's own function, which is shorter than the newer transform. Of signals only the core
    // is needed: assets/board/live.ts binds them to views.
    jsx: "transform",
    jsxFactory: "h",
    jsxFragment: "Fragment",
    inject: [join(source, "board", "elements.ts")],
    tsconfigRaw: {},
    // Long names of our own that no frame, setting or element has.
    mangleProps: /^(beside|childrenOf|changesWaiting|chosen|columnOf|commentsOn|danger|dropDraft|everyone|fields|onEvent|remembers|saveDraft|stateOf|unsent|votesLeft)$/,
    alias: { "@preact/signals": "@preact/signals-core" },
  });
  for (const name of readdirSync(join(source, "icons"))) copyFileSync(join(source, "icons", name), join(target, name));
}

function check() {
  const problems = [];
  let total = 0;
  for (const [name, kilobytes] of Object.entries({ ...budgets, ...besides })) {
    const path = join(target, name);
    if (!existsSync(path)) {
      problems.push(`${name} is not built: run "npm run --prefix frontend build" first`);
      continue;
    }
    const text = readFileSync(path);
    const size = gzipSync(text, { level: 9 }).length / 1024;
    if (name in budgets) total += size;
    console.log(`${basename(path).padEnd(14)} ${size.toFixed(1).padStart(6)} KB gzipped of ${kilobytes}`);
    if (size > kilobytes) problems.push(`${name} is ${size.toFixed(1)} KB gzipped; the budget is ${kilobytes}`);
    if (/GDS Transport|@font-face|(url\(|src=)\s*["']?(https?:)?\/\//i.test(text.toString())) {
      problems.push(`${name} carries a font, or an address of someone else`);
    }
  }
  console.log(`first view     ${total.toFixed(1).padStart(6)} KB gzipped of ${firstView.kilobytes}`);
  if (total > firstView.kilobytes) problems.push("a first view is too heavy");
  if (Object.keys(budgets).length + 1 > firstView.requests) problems.push("a first view needs too many requests");
  for (const problem of problems) console.error(problem);
  process.exitCode = problems.length ? 1 : 0;
}

if (process.argv.includes("--check")) {
  check();
} else {
  await build();
  if (process.argv.includes("--watch")) {
    watch(source, { recursive: true }, () => build().catch((problem) => console.error(problem.message)));
  }
}
