// Drives the unmodified npm client @odata/client: read, filter, create, count, and what happens to an update.
const { OData } = require("@odata/client");

async function refused(work) {
  try {
    await work();
    return null;
  } catch (error) {
    return error.message;
  }
}

async function main() {
  const asked = JSON.parse(process.argv[2]);
  const client = OData.New4({
    serviceEndpoint: asked.company_root + "/",
    metadataUri: asked.root + "/$metadata",
    commonHeaders: { Authorization: `Bearer ${asked.token}` },
    processCsrfToken: false,
  });
  const customers = client.getEntitySet("customers");
  const made = await customers.create({ displayName: "Tystie Tackle" });
  const found = await customers.query(client.newFilter().property("displayName").eq("Tystie Tackle"));
  const first = await customers.query(client.newParam().top(3).orderby("number", "asc"));
  const quoted = await refused(() => customers.retrieve(made.id));
  const unmatched = await client.newRequest({ collection: `customers(${made.id})`, method: "PATCH", entity: { city: "Hitra" } }).then(
    (body) => body.error?.code ?? null,
    (error) => error.message,
  );
  console.log(
    JSON.stringify({
      made: made.number,
      found: found.map((one) => one.number),
      first: first.map((one) => one.number),
      quoted,
      unmatched,
    }),
  );
}

main();
