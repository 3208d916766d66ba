// The lock file names packages and their hashes, never the registry that served them.
import { readFileSync } from "node:fs";

/** Sentences about what is wrong with the lock and the manifest; empty when both are fine. */
export function lockProblems(directory) {
  const lock = JSON.parse(readFileSync(`${directory}/package-lock.json`, "utf8"));
  const manifest = JSON.parse(readFileSync(`${directory}/package.json`, "utf8"));
  const problems = [];
  for (const [path, entry] of Object.entries(lock.packages)) {
    if (path === "") continue;
    if ("resolved" in entry) problems.push(`${path}: "resolved" names a registry; renew the lock with the settings of .npmrc`);
    if (!entry.integrity?.startsWith("sha512-")) problems.push(`${path}: no sha512 integrity`);
    if (entry.hasInstallScript) problems.push(`${path}: has an install script`);
  }
  for (const [name, version] of Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })) {
    if (!/^\d+\.\d+\.\d+$/.test(version)) problems.push(`${name}: ${version} is not an exact version`);
    if (lock.packages[`node_modules/${name}`]?.version !== version) problems.push(`${name}: package.json and the lock differ`);
  }
  return problems;
}
