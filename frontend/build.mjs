// Writes build/static (what pages load, hashed names and a manifest) and build/sandbox (the pretend Jira's tokens and icons).
// `--check` only looks at the lock file.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
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
  const clientCss = read(HERE, "client", "client.css");
  const own = JSON.parse(read(HERE, "package.json")).version;
  const icons = JSON.parse(read(HERE, "icons.json")).pages;
  return [
    { name: "htmx.min.js", body: withoutSourceMap(read(MODULES, "htmx.org/dist/htmx.min.js")), version: version("htmx.org") },
    { name: "hx-download.min.js", body: withoutSourceMap(read(MODULES, "htmx.org/dist/ext/hx-download.min.js")), version: version("htmx.org") },
    { name: "tokens.css", body: tokensFor(css + clientCss), version: version("@atlaskit/tokens") },
    { name: "icons.svg", body: spriteOf(icons, join(MODULES, "@atlaskit/icon")), version: version("@atlaskit/icon") },
    { name: "app.css", body: css, version: own },
    { name: "client.css", body: clientCss, version: own },
    { name: "client.js", body: read(HERE, "client", "client.js"), version: own },
    { name: "insert.js", body: read(HERE, "js", "insert.js"), version: own },
    { name: "early.js", body: read(HERE, "js", "early.js"), version: own },
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

// In one piece: a service that runs meanwhile sees the old file or the new one.
function write(path, body) {
  writeFileSync(`${path}.draft`, body);
  renameSync(`${path}.draft`, path);
}

function namedBy(manifestFile) {
  if (!existsSync(manifestFile)) return [];
  return Object.values(JSON.parse(readFileSync(manifestFile, "utf8"))).map(({ file }) => file);
}

function writePages(assets, target) {
  const manifest = {};
  const manifestFile = join(target, "manifest.json");
  const before = namedBy(manifestFile);
  for (const { name, body, version: of } of assets) {
    const hash = createHash("sha256").update(body).digest("hex").slice(0, 12);
    const { name: stem, ext } = parse(name);
    manifest[name] = { file: `${stem}.${hash}${ext}`, version: of };
    write(join(target, manifest[name].file), body);
  }
  write(join(target, "NOTICE"), notice());
  // Last, so that its presence means a whole build.
  write(manifestFile, `${JSON.stringify(manifest, null, 2)}\n`);
  // A service that runs goes on with the files it knows until it is restarted, so one build back is kept.
  const kept = new Set([...before, ...namedBy(manifestFile), "NOTICE", "manifest.json"]);
  readdirSync(target).filter((name) => !kept.has(name)).forEach((name) => rmSync(join(target, name)));
}

function writeSandbox(target) {
  const css = joinCss(join(ROOT, "sandbox", "host", "static"));
  write(join(target, "tokens.css"), tokensFor(css, 5));
  // What the host's script links in the app's frame, in the same palette as the host's own page.
  for (const name of ["light", "dark", "spacing", "shape", "typography"]) {
    write(join(made(target, "themes"), `atlaskit-tokens_${name}.css`), themeCss(name));
  }
  const icons = JSON.parse(read(HERE, "icons.json"));
  write(join(target, "icons.svg"), spriteOf([...icons.pages, ...icons.sandbox], join(MODULES, "@atlaskit/icon")));
}

function made(...parts) {
  const directory = join(...parts);
  mkdirSync(directory, { recursive: true });
  return directory;
}

const problems = lockProblems(HERE);
if (problems.length) {
  console.error(problems.join("\n"));
  process.exit(1);
}
if (!process.argv.includes("--check")) {
  // First the assets: what cannot be made must not cost the build that is there.
  writePages(pageAssets(), made(ROOT, "build", "static"));
  if (existsSync(join(ROOT, "sandbox", "host", "static"))) writeSandbox(made(ROOT, "build", "sandbox"));
  console.log("build/static is ready");
}
