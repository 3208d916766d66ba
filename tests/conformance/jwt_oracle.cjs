// Atlassian's own package as an oracle: a line of JSON in, a line of JSON out. Its folder is the first argument.
const { createInterface } = require("node:readline");
const jwt = require(process.argv[2]);

const answers = {
  canonical: ({ method, url, base }) => jwt.createCanonicalRequest(jwt.fromMethodAndUrl(method, url), false, base),
  hash: ({ method, url, base }) => jwt.createQueryStringHash(jwt.fromMethodAndUrl(method, url), false, base),
  sign: ({ claims, secret }) => jwt.encodeSymmetric(claims, secret, "HS256"),
  read: ({ token, secret }) => jwt.decodeSymmetric(token, secret, "HS256"),
};

createInterface({ input: process.stdin }).on("line", (line) => {
  const { ask, ...given } = JSON.parse(line);
  try {
    process.stdout.write(JSON.stringify({ answer: answers[ask](given) }) + "\n");
  } catch (error) {
    process.stdout.write(JSON.stringify({ error: String(error) }) + "\n");
  }
});
