// Atlassian's own 16 px icons as one SVG sprite, inlined once per page and used by <use href="#i-name">.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The sprite with one <symbol id="i-NAME"> per name. Throws on a name that the package does not have. */
export function spriteOf(names, packageDirectory) {
  const symbols = [...new Set(names)].sort().map((name) => {
    const file = join(packageDirectory, "svgs", "core", `${name}.svg`);
    if (!existsSync(file)) throw new Error(`no such icon: ${name}`);
    const [, attributes, body] = readFileSync(file, "utf8").match(/<svg([^>]*)>([\s\S]*)<\/svg>/);
    const viewBox = attributes.match(/viewBox="([^"]+)"/)[1];
    return `<symbol id="i-${name}" viewBox="${viewBox}">${body.trim()}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" class="sprite" aria-hidden="true" focusable="false">${symbols.join("")}</svg>`;
}
