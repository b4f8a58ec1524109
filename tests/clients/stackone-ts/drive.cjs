// Drives the unmodified TypeScript client: one call, told as one JSON line (the raw answer beside what the client made of it).
// The request is that of an rpc call, or {"call": "accounts.getAccount", "given": {…}} for any other method of the client.
const { StackOne } = require("@stackone/stackone-client-ts");
const { HTTPClient } = require("@stackone/stackone-client-ts/lib/http.js");

async function main() {
  const [serverURL, username, text] = process.argv.slice(2);
  let raw = null;
  const httpClient = new HTTPClient();
  httpClient.addHook("response", async (response) => {
    raw = { status: response.status, text: await response.clone().text() };
  });
  const client = new StackOne({ serverURL, security: { username, password: "" }, httpClient });
  const request = JSON.parse(text);
  const [part, method] = (request.call ?? "actions.rpcAction").split(".");
  try {
    const answer = await client[part][method](request.call ? request.given : request);
    const { headers, rawResponse, statusCode, ...rest } = answer;
    const parsed = Object.values(rest).find((value) => value !== null && typeof value === "object");
    console.log(JSON.stringify({ ok: true, statusCode, parsed: parsed ?? null, raw }));
  } catch (error) {
    console.log(JSON.stringify({ ok: false, name: error.constructor.name, statusCode: error.statusCode ?? null, message: error.message, raw }));
  }
}

main();
