// Follows the log: asks for the newest page of the same filter every few seconds, and puts what is new on top.
// Plain requests, so that no proxy can hold a stream back; nothing is asked while the tab is hidden.

const EVERY = 3000, SLOWEST = 60000, SAY_EVERY = 15000, WAIT_AT_MOST = 20000;
const bar = document.querySelector("[data-live]");
const button = bar.querySelector("button");
const words = bar.querySelector("[data-live-said]");
const spoken = bar.querySelector("[role=status]");
let timer = 0, failures = 0, asking = false, over = false, unsaid = 0, lastSaid = 0;

const on = () => !over && button.getAttribute("aria-pressed") === "true";

/** Tells people who listen how many came, at most four times a minute: the rows themselves would drown everything else. */
function say(count) {
  unsaid += count;
  if (unsaid && Date.now() - lastSaid >= SAY_EVERY) {
    spoken.textContent = `${unsaid} new ${unsaid === 1 ? "run" : "runs"} in the log.`;
    unsaid = 0;
    lastSaid = Date.now();
  }
}

const rowsOf = (part) => new Map([...part.querySelectorAll("tr[data-run]")].map((row) => [row.dataset.run, row]));

/** Puts the new page in the place of the old one; rows that stay are kept as they are, focus and all. */
function draw(fresh) {
  const found = document.getElementById("found"), body = found.querySelector("tbody"), wanted = fresh.querySelector("tbody");
  const before = rowsOf(found), after = rowsOf(fresh);
  const added = [...after.keys()].filter((id) => !before.has(id));
  for (const id of added) after.get(id).classList.add("new");
  if (!body || !wanted) {
    found.replaceWith(fresh);
  } else {
    for (const [id, row] of before) if (!after.has(id)) row.remove();
    let place = body.firstElementChild;
    for (const [id, row] of after) {
      const kept = before.get(id);
      // A run's end may be corrected later: the row is replaced only if it says something else.
      if (kept && kept.querySelector(".badge").textContent === row.querySelector(".badge").textContent) {
        place = kept.nextElementSibling;
      } else {
        kept?.remove();
        body.insertBefore(row, place?.isConnected ? place : null);
      }
    }
    const older = found.querySelector("p > a.button"), further = fresh.querySelector("p > a.button");
    if (older && further) older.href = further.getAttribute("href");
    else if (further) found.append(further.parentElement);
    found.dataset.mark = fresh.dataset.mark;
  }
  document.dispatchEvent(new CustomEvent("linkspan:drawn"));
  say(added.length);
}

async function ask() {
  const address = new URL(bar.dataset.live, location.href);
  address.searchParams.set("mark", document.getElementById("found").dataset.mark);
  const answer = await fetch(address, { redirect: "manual", cache: "no-store", signal: AbortSignal.timeout(WAIT_AT_MOST) });
  if (answer.type === "opaqueredirect" || answer.status === 404 || answer.status === 403) {
    over = true;
    button.hidden = true;
    words.textContent = "Not live any more: your sign-in is over. Load the page again.";
    return;
  }
  if (answer.status === 204) return;
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("found");
  if (!fresh) throw new Error("another page");
  if (on()) draw(document.importNode(fresh, true));
}

async function turn() {
  clearTimeout(timer);
  if (asking || !on() || document.hidden) return;
  asking = true;
  try {
    await ask();
    if (failures && !over) words.textContent = "New runs appear by themselves.";
    failures = 0;
  } catch {
    failures += 1;
    words.textContent = "Not live at the moment: Linkspan cannot be reached. Trying again.";
  }
  asking = false;
  say(0);
  timer = setTimeout(turn, Math.min(EVERY * 2 ** failures, SLOWEST));
}

button.addEventListener("click", () => {
  button.setAttribute("aria-pressed", String(!on()));
  button.textContent = on() ? "Live" : "Paused";
  words.textContent = on() ? "New runs appear by themselves." : "The list stays as it is.";
  turn();
});
document.addEventListener("visibilitychange", turn);
bar.hidden = false;
timer = setTimeout(turn, EVERY);
