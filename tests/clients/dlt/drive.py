"""Drives the unmodified dlt rest_api source: a full read of all customers over next links, told as one JSON line."""

import json
import sys

import dlt
from dlt.sources.rest_api import rest_api_source


def main() -> None:
    asked = json.loads(sys.argv[1])
    source = rest_api_source(
        {
            "client": {
                "base_url": asked["company_root"] + "/",
                "auth": {"type": "bearer", "token": asked["token"]},
                "headers": {"Prefer": f"odata.maxpagesize={asked['page']}"},
                "paginator": {"type": "json_link", "next_url_path": "'@odata.nextLink'"},
            },
            "resources": [
                {"name": "customers", "endpoint": {"path": "customers", "data_selector": "value"}, "primary_key": "id"}
            ],
        }
    )
    store = dlt.destinations.duckdb(f"{asked['folder']}/store.duckdb")
    pipeline = dlt.pipeline("linkspan", destination=store, dataset_name="books", pipelines_dir=asked["folder"])
    pipeline.run(source)
    with pipeline.sql_client() as client:
        rows = client.execute_sql("SELECT number FROM customers ORDER BY number")
    print(json.dumps({"numbers": [row[0] for row in rows]}))


if __name__ == "__main__":
    main()
