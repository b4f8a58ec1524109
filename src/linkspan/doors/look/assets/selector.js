// Makes the selector answer at once: the server still does all the sums, this only asks it for the page again.

const form = document.querySelector("form[data-selector]");

if (form) {
  const status = form.querySelector("[data-status]");
  const search = form.elements.q;
  const boxes = () => [...form.querySelectorAll('input[type="checkbox"][name="actions"]')];
  const rowOf = (box) => box.closest("tr");
  let waiting = 0;
  let latest = 0;

  /** Puts the live parts of a freshly drawn page in place of the old ones. */
  function show(page) {
    for (const part of document.querySelectorAll("[data-live]")) {
      const fresh = page.querySelector(`[data-live="${part.dataset.live}"]`);
      if (fresh) part.replaceWith(fresh);
    }
    document.querySelector("#notices").replaceWith(page.querySelector("#notices"));
    document.dispatchEvent(new Event("linkspan:drawn"));
  }

  async function update() {
    const mine = ++latest;
    status.textContent = "Updating the guide…";
    const asked = new URLSearchParams(new FormData(form));
    asked.delete("q");
    try {
      const answer = await fetch(`${form.action.split("#")[0]}?${asked}`);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (mine !== latest) return;
      show(page);
      history.replaceState(null, "", answer.url);
      status.textContent = "The guide is up to date.";
    } catch {
      status.textContent = "The guide could not be updated. Choose “Update the guide” to try again.";
    }
  }

  function later() {
    clearTimeout(waiting);
    waiting = setTimeout(update, 250);
  }

  /** Hides the rows that do not hold every word of the search; what is ticked stays ticked. */
  function filter() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const group of form.querySelectorAll("[data-group]")) {
      let shown = 0;
      for (const row of group.querySelectorAll("[data-row]")) {
        row.hidden = !words.every((word) => row.dataset.row.includes(word));
        shown += row.hidden ? 0 : 1;
      }
      group.hidden = shown === 0;
    }
    const left = boxes().filter((box) => !rowOf(box).hidden).length;
    status.textContent = words.length ? `${left} actions fit.` : "";
  }

  /** Select all, none or read-only: among the rows that the search shows. */
  function pick(which) {
    for (const box of boxes()) {
      const row = rowOf(box);
      if (!row.hidden) box.checked = which === "all" || (which === "read" && "readOnly" in row.dataset);
    }
    later();
  }

  // A page that came with a search holds only some rows: then the form goes to the server as it does without this script.
  if (!search.value) {
    form.querySelector("[data-find]").hidden = true;
    search.addEventListener("input", filter);
    search.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
    form.addEventListener("change", (event) => { if (event.target !== search) later(); });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const which = event.submitter?.value;
      if (event.submitter?.name === "pick") pick(which);
      else update();
    });
  }
}
