// Joins our style sheets; small enough to need no tool for it.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** All *.css of a directory in the order of their names, without comments and needless space. */
export function joinCss(directory) {
  const files = readdirSync(directory).filter((name) => name.endsWith(".css")).sort();
  return files
    .map((name) => readFileSync(join(directory, name), "utf8"))
    .join("\n")
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(/\s+/g, " ")
    .replace(/ ?([{};,>]) ?/g, "$1")
    .replace(/: /g, ":")
    .replace(/;}/g, "}")
    .trim();
}
