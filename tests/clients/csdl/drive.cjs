// Parses a $metadata document with two independent parsers and tells each one's view of types and properties.
const fs = require("fs");
const { xml2json } = require("odata-csdl/lib/xml2json");
const { parse } = require("@sap-ux/edmx-parser");

function byOasis(xml) {
  const schema = xml2json(xml)["Microsoft.NAV"];
  const view = {};
  for (const [name, type] of Object.entries(schema)) {
    if (type?.$Kind !== "EntityType") continue;
    view[name] = {};
    for (const [property, facts] of Object.entries(type)) {
      if (property.startsWith("$") || property.includes("@") || facts.$Kind === "NavigationProperty") continue;
      view[name][property] = [facts.$Type ?? "Edm.String", facts.$MaxLength ?? null];
    }
  }
  const sets = Object.entries(schema.NAV).filter(([, one]) => one.$Collection).map(([name, one]) => [name, one.$Type.split(".").pop()]);
  return { types: view, sets: Object.fromEntries(sets) };
}

function bySap(xml) {
  const { schema } = parse(xml, "metadata");
  const view = {};
  for (const type of schema.entityTypes) {
    view[type.name] = {};
    for (const property of type.entityProperties) view[type.name][property.name] = [property.type, property.maxLength ?? null];
  }
  return { types: view, sets: Object.fromEntries(schema.entitySets.map((one) => [one.name, one.entityTypeName.split(".").pop()])) };
}

const xml = fs.readFileSync(0, "utf-8");
console.log(JSON.stringify({ oasis: byOasis(xml), sap: bySap(xml) }));
