// Drives the unmodified TypeScript client: one rpc call, told as one JSON line (the raw answer beside what the client made of it).
const { StackOne } = require("@stackone/stackone-client-ts");
const { HTTPClient } = require("@stackone/stackone-client-ts/lib/http.js");

async function main() {
  const [serverURL, username, request] = process.argv.slice(2);
  let raw = null;
  const httpClient = new HTTPClient();
  httpClient.addHook("response", async (response) => {
    raw = { status: response.status, text: await response.clone().text() };
  });
  const client = new StackOne({ serverURL, security: { username, password: "" }, httpClient });
  try {
    const answer = await client.actions.rpcAction(JSON.parse(request));
    console.log(JSON.stringify({ ok: true, statusCode: answer.statusCode, parsed: answer.actionsRpcResponseApiModel ?? null, raw }));
  } catch (error) {
    console.log(JSON.stringify({ ok: false, name: error.constructor.name, statusCode: error.statusCode ?? null, message: error.message, raw }));
  }
}

main();
