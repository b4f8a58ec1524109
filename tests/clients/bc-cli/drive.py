"""Drives the unmodified bc-cli SDK through the impersonating proxy: everything that it can do to customers, as one JSON line."""

import asyncio
import json
import sys

from bcli import AsyncBCClient, BCConfig, BCLIError
from bcli.config._model import BCProfile


async def story(asked: dict[str, str]) -> dict[str, object]:
    profile = BCProfile(
        tenant_id=asked["tenant"],
        environment=asked["environment"],
        company_id=asked["company"],
        client_id=asked["client_id"],
        client_secret_env="DEMO_SECRET",
    )
    async with AsyncBCClient(profile="demo", config=BCConfig(profiles={"demo": profile})) as client:
        companies = [one["name"] for one in await client.list_companies()]
        made = await client.post("customers", {"displayName": "Puffin Supplies"})
        changed = await client.patch("customers", made["id"], {"city": "Ålesund"}, etag=made["@odata.etag"])
        try:
            await client.patch("customers", made["id"], {"city": "Molde"}, etag=made["@odata.etag"])
            stale = None
        except BCLIError as refusal:
            stale = f"{type(refusal).__name__}: {refusal}"
        found = await client.query("customers").filter("displayName eq 'Puffin Supplies'").get()
        read = (await client.get("customers", made["id"])).raw["city"]
        pages = [page async for page in await client.query("customers").select("number").orderby("number").pages()]
        await client.delete("customers", made["id"])
        left = await client.query("customers").filter("displayName eq 'Puffin Supplies'").get()
    return {
        "companies": companies,
        "changed": changed.get("city"),
        "stale": stale,
        "found": [one["id"] == made["id"] for one in found],
        "read": read,
        "pages": [[one["number"] for one in page] for page in pages],
        "left": len(left),
    }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(story(json.loads(sys.argv[1])))))
