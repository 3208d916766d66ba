// Atlassian's design tokens as plain CSS: only the names that our style sheets use, light by default and dark by attribute.
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const THEMES = "@atlaskit/tokens/dist/cjs/artifacts/themes/";
const DECLARATION = /(--ds-[\w-]+):\s*([^;]+);/g;
const HEX = /#[0-9a-f]{3,8}\b/i;

// Set by the host's theming at run time (which surface the frame stands on), so they have a fallback and no value of ours.
const FROM_HOST = new Set(["--ds-elevation-surface-current"]);

/** A whole theme of the package as CSS: light, dark, spacing, shape or typography. */
export function themeCss(name) {
  return require(`${THEMES}atlassian-${name}.js`).default;
}

function theme(name) {
  return new Map([...themeCss(name).matchAll(DECLARATION)].map(([, key, value]) => [key, value.trim()]));
}

function usedNames(css) {
  return new Set([...css.matchAll(/var\((--ds-[\w-]+)/g)].map(([, name]) => name).filter((name) => !FROM_HOST.has(name)));
}

// Some tokens refer to others; follow them, so that no name is left without a value.
function withReferences(names, ...tables) {
  const all = new Set(names);
  for (const name of all) {
    for (const table of tables) usedNames(table.get(name) ?? "").forEach((inner) => all.add(inner));
  }
  return all;
}

function values(names, table) {
  return [...names].filter((name) => table.has(name)).sort().map((name) => `${name}:${table.get(name)}`).join(";");
}

/**
 * CSS that gives every `--ds-*` name used by `css` a value. Throws on a hex colour and on a name that the package does not have.
 * `weight` is how often :root stands in a selector: enough to outrank the themes of older versions that come with the host's
 * own script (3 in the app's frame, 5 beside AUI). Dark has the same specificity as light and wins by coming later.
 */
export function tokensFor(css, weight = 3) {
  const hex = css.match(HEX);
  if (hex) throw new Error(`colours come from tokens only, found ${hex[0]}`);
  const fixed = new Map([...theme("spacing"), ...theme("shape"), ...theme("typography")]);
  const [light, dark] = [theme("light"), theme("dark")];
  const names = withReferences(usedNames(css), fixed, light, dark);
  const unknown = [...names].filter((name) => !fixed.has(name) && !(light.has(name) && dark.has(name)));
  if (unknown.length) throw new Error(`no such design token: ${unknown.join(", ")}`);
  const [root, attributed] = [":root".repeat(weight), ":root".repeat(weight - 1)];
  return [
    `${root}{${values(names, fixed)}}`,
    `${root},${attributed}[data-color-mode=light]{color-scheme:light;${values(names, light)}}`,
    `${attributed}[data-color-mode=dark]{color-scheme:dark;${values(names, dark)}}`,
    `@media (prefers-color-scheme:dark){${attributed}[data-color-mode=auto]{color-scheme:dark;${values(names, dark)}}}`,
  ].join("\n");
}
