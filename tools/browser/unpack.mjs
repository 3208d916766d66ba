// Unpacks the packaged Chromium into the folder given, with its own copies of NSS and NSPR, and prints the program's path.
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = process.argv[2];
mkdirSync(folder, { recursive: true });
process.env.TMPDIR = folder;
const { default: chromium, inflate } = await import("@sparticuz/chromium");
const program = await chromium.executablePath();
const entry = fileURLToPath(import.meta.resolve("@sparticuz/chromium"));
await inflate(join(dirname(entry), "..", "bin", "al2023.tar.br"));
console.log(program);
