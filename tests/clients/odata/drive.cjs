// Drives the unmodified npm client odata (o.js): read, filter, create, delete, and what happens to an update.
const { o } = require("odata");

async function refused(work) {
  try {
    await work();
    return null;
  } catch (response) {
    return [response.status, (await response.json()).error.code];
  }
}

async function main() {
  const asked = JSON.parse(process.argv[2]);
  const handler = () => o(asked.company_root + "/", { headers: { "Content-Type": "application/json", Authorization: `Bearer ${asked.token}` } });
  const first = await handler().get("customers").query({ $top: 3, $orderby: "number" });
  const made = await handler().post("customers", { displayName: "Skua Skiffs" }).query();
  const found = await handler().get("customers").query({ $filter: "displayName eq 'Skua Skiffs'" });
  const read = await handler().get(`customers(${made.id})`).query();
  const unmatched = await refused(() => handler().patch(`customers(${made.id})`, { city: "Hitra" }).query());
  const gone = await handler().delete(`customers(${made.id})`).fetch();
  const left = await handler().get("customers").query({ $filter: "displayName eq 'Skua Skiffs'" });
  console.log(
    JSON.stringify({
      first: first.map((one) => one.number),
      made: made.number,
      found: found.map((one) => one.number),
      read: read.displayName,
      unmatched,
      deleted: gone.status,
      left: left.length,
    }),
  );
}

main();
