// Writes build/static (what pages load, hashed names and a manifest) and build/sandbox (the pretend Jira's tokens and icons).
// `--check` only looks at the lock file.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, parse } from "node:path";
import { fileURLToPath } from "node:url";
import { joinCss } from "./lib/css.mjs";
import { lockProblems } from "./lib/lock.mjs";
import { spriteOf } from "./lib/sprite.mjs";
import { themeCss, tokensFor } from "./lib/tokens.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = dirname(HERE);
const MODULES = join(HERE, "node_modules");
const CSS_LIMIT = 10 * 1024;

const version = (name) => JSON.parse(readFileSync(join(MODULES, name, "package.json"), "utf8")).version;
const read = (...parts) => readFileSync(join(...parts), "utf8");
const withoutSourceMap = (script) => script.replace(/\n?\/\/# sourceMappingURL=\S*\s*$/, "\n");

function ourCss() {
  const css = joinCss(join(HERE, "css"));
  if (Buffer.byteLength(css) > CSS_LIMIT) throw new Error(`app.css has ${Buffer.byteLength(css)} bytes, the limit is ${CSS_LIMIT}`);
  return css;
}

function pageAssets() {
  const css = ourCss();
  const own = JSON.parse(read(HERE, "package.json")).version;
  const icons = JSON.parse(read(HERE, "icons.json")).pages;
  return [
    { name: "htmx.min.js", body: withoutSourceMap(read(MODULES, "htmx.org/dist/htmx.min.js")), version: version("htmx.org") },
    { name: "hx-download.min.js", body: withoutSourceMap(read(MODULES, "htmx.org/dist/ext/hx-download.min.js")), version: version("htmx.org") },
    { name: "tokens.css", body: tokensFor(css), version: version("@atlaskit/tokens") },
    { name: "icons.svg", body: spriteOf(icons, join(MODULES, "@atlaskit/icon")), version: version("@atlaskit/icon") },
    { name: "app.css", body: css, version: own },
    { name: "host.js", body: read(HERE, "js", "host.js"), version: own },
  ];
}

function notice() {
  return ["htmx.org", "@atlaskit/tokens", "@atlaskit/icon"]
    .map((name) => {
      const licence = ["LICENSE", "LICENSE.md", "LICENSE.txt"].map((file) => join(MODULES, name, file)).find(existsSync);
      const spdx = JSON.parse(read(MODULES, name, "package.json")).license;
      return `${name} ${version(name)} (${spdx})\n\n${licence ? readFileSync(licence, "utf8").trim() : ""}\n`;
    })
    .join(`\n${"-".repeat(80)}\n\n`);
}

function writePages(target) {
  const manifest = {};
  for (const { name, body, version: of } of pageAssets()) {
    const hash = createHash("sha256").update(body).digest("hex").slice(0, 12);
    const { name: stem, ext } = parse(name);
    manifest[name] = { file: `${stem}.${hash}${ext}`, version: of };
    writeFileSync(join(target, manifest[name].file), body);
  }
  writeFileSync(join(target, "NOTICE"), notice());
  // Last, so that its presence means a whole build.
  writeFileSync(join(target, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
}

function writeSandbox(target) {
  const css = joinCss(join(ROOT, "sandbox", "host", "static"));
  writeFileSync(join(target, "tokens.css"), tokensFor(css, 5));
  // What the host's script links in the app's frame, in the same palette as the host's own page.
  mkdirSync(join(target, "themes"));
  for (const name of ["light", "dark", "spacing", "shape", "typography"]) {
    writeFileSync(join(target, "themes", `atlaskit-tokens_${name}.css`), themeCss(name));
  }
  const icons = JSON.parse(read(HERE, "icons.json"));
  writeFileSync(join(target, "icons.svg"), spriteOf([...icons.pages, ...icons.sandbox], join(MODULES, "@atlaskit/icon")));
}

function emptied(directory) {
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  return directory;
}

const problems = lockProblems(HERE);
if (problems.length) {
  console.error(problems.join("\n"));
  process.exit(1);
}
if (!process.argv.includes("--check")) {
  writePages(emptied(join(ROOT, "build", "static")));
  if (existsSync(join(ROOT, "sandbox", "host", "static"))) writeSandbox(emptied(join(ROOT, "build", "sandbox")));
  console.log("build/static is ready");
}
