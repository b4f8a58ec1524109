// Passkeys: asks the authenticator what the server wants to know, and sends its answer with the form. Without this script the password is left.
const said = {
  NotAllowedError: "Nothing was signed: it was cancelled, took too long, or there is no passkey for this site here.",
  InvalidStateError: "This device or password manager has a passkey of yours already.",
  SecurityError: "Passkeys work only at this console's public address. Open it there.",
};

const bytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

/** What the server asks for, with bytes where the browser wants bytes. */
async function question(address) {
  const answer = await fetch(address, { headers: { accept: "application/json" }, redirect: "error" });
  if (!answer.ok) throw new Error("The server gave no challenge. Load the page again.");
  const options = await answer.json();
  options.challenge = bytes(options.challenge);
  if (options.user) options.user.id = bytes(options.user.id);
  for (const one of options.excludeCredentials ?? []) one.id = bytes(one.id);
  return options;
}

/** The authenticator's answer as JSON. */
function written(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = text(credential.response[name]);
  }
  return JSON.stringify({ id: credential.id, rawId: text(credential.rawId), type: credential.type, response });
}

function send(form, credential) {
  form.elements.credential.value = written(credential);
  form.submit();
}

const adding = document.querySelector("form[data-add-passkey]");
const entering = document.querySelector("form[data-passkey]");
let waiting; // the question that the browser's own list of passkeys answers, if somebody picks one there

function tell(form, error) {
  form.querySelector("[data-said]").textContent = said[error.name] ?? error.message;
}

async function add(event) {
  event.preventDefault();
  try {
    const publicKey = await question(adding.dataset.addPasskey);
    send(adding, await navigator.credentials.create({ publicKey }));
  } catch (error) {
    tell(adding, error);
  }
}

async function enter(event) {
  event.preventDefault();
  waiting?.abort();
  try {
    const publicKey = await question(entering.dataset.passkey);
    send(entering, await navigator.credentials.get({ publicKey }));
  } catch (error) {
    tell(entering, error);
  }
}

/** Passkeys in the list that opens at the e-mail field; asked anew before the challenge is too old. */
async function offer() {
  if (!(await PublicKeyCredential.isConditionalMediationAvailable?.())) return;
  waiting?.abort();
  waiting = new AbortController();
  const mine = waiting;
  const again = setTimeout(offer, 240_000);
  try {
    const publicKey = await question(entering.dataset.passkey);
    const credential = await navigator.credentials.get({ publicKey, mediation: "conditional", signal: mine.signal });
    if (credential) send(entering, credential);
  } catch {
    if (waiting === mine) clearTimeout(again);
  }
}

if (window.PublicKeyCredential) {
  for (const one of document.querySelectorAll("[data-needs-passkeys]")) one.hidden = false;
  adding?.addEventListener("submit", add);
  entering?.addEventListener("submit", enter);
  if (entering) offer();
}
