// Searches the companies while one types: the server still does the search, this only asks it for the page again.

const form = document.querySelector("form[data-search]");

if (form) {
  const field = form.elements.q;
  let waiting = 0;
  let latest = 0;

  async function search() {
    const mine = ++latest;
    const answer = await fetch(`${form.action}?${new URLSearchParams(new FormData(form))}`).catch(() => null);
    if (!answer?.ok || mine !== latest) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const picked = document.querySelector("input[name=company_id]:checked")?.value;
    document.querySelector("[data-results]").replaceWith(page.querySelector("[data-results]"));
    document.querySelector("[data-found]").textContent = page.querySelector("[data-found]").textContent;
    for (const box of document.querySelectorAll("input[name=company_id]")) box.checked ||= box.value === picked;
  }

  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(search, 200);
  });
}
