"""Drives the unmodified msal and azure-identity against the TLS front: every way to a token that they have, as one JSON line."""

import json
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import msal
import requests
from azure.identity import CertificateCredential, ClientSecretCredential

SCOPES = ["https://api.businesscentral.dynamics.com/Financials.ReadWrite.All"]
DEFAULT = "https://api.businesscentral.dynamics.com/.default"


def by_code(asked: dict[str, str]) -> dict[str, object]:
    """Sign in with a code and PKCE; a browser is not needed, because the session of `asked` is signed in already."""
    app = msal.ConfidentialClientApplication(
        asked["client_id"], authority=asked["authority"], client_credential=asked["secret"], instance_discovery=False
    )
    flow = app.initiate_auth_code_flow(SCOPES, redirect_uri=asked["redirect_uri"])
    walk = requests.get(flow["auth_uri"], headers={"cookie": asked["cookie"]}, allow_redirects=False, timeout=10)
    answer = {name: values[0] for name, values in parse_qs(urlsplit(walk.headers["location"]).query).items()}
    first = app.acquire_token_by_auth_code_flow(flow, answer)
    (account,) = app.get_accounts()
    second = app.acquire_token_silent(SCOPES, account, force_refresh=True)
    return {
        "user": first.get("id_token_claims", {}).get("preferred_username"),
        "code": "access_token" in first,
        "refreshed": second is not None and second.get("access_token") != first.get("access_token"),
        "silent": app.acquire_token_silent(SCOPES, account)["token_source"],
        "error": first.get("error"),
    }


def confidential(asked: dict[str, str], credential: object, client_id: str) -> str | None:
    app = msal.ConfidentialClientApplication(
        client_id, authority=asked["authority"], client_credential=credential, instance_discovery=False
    )
    answer = app.acquire_token_for_client([DEFAULT])
    return answer.get("access_token") or answer.get("error_description")


def by_device(asked: dict[str, str]) -> str:
    app = msal.PublicClientApplication(asked["public_id"], authority=asked["authority"], instance_discovery=False)
    flow = app.initiate_device_flow(SCOPES)
    flow["expires_at"] = 0
    return str(app.acquire_token_by_device_flow(flow).get("error"))


def by_azure(asked: dict[str, str]) -> list[str]:
    place = "https://" + urlsplit(asked["authority"]).netloc
    fixed = {"authority": place, "disable_instance_discovery": True}
    secret = ClientSecretCredential(asked["tenant"], asked["client_id"], asked["secret"], **fixed)
    certificate = CertificateCredential(
        asked["tenant"], asked["certified_id"], certificate_path=asked["certificate_file"], **fixed
    )
    return [secret.get_token(DEFAULT).token, certificate.get_token(DEFAULT).token]


def main() -> None:
    asked = json.loads(sys.argv[1])
    pem = Path(asked["certificate_file"]).read_text()
    certificate = {"private_key": pem, "public_certificate": pem}
    print(
        json.dumps(
            {
                "code": by_code(asked),
                "secret": confidential(asked, asked["secret"], asked["client_id"]),
                "wrong": confidential(asked, "no secret at all", asked["client_id"]),
                "certificate": confidential(asked, certificate, asked["certified_id"]),
                "device": by_device(asked),
                "azure": by_azure(asked),
            }
        )
    )


if __name__ == "__main__":
    main()
