// The palette: Control or Command K opens it, letters find, arrows choose, Enter goes there. "?" shows the keys.
// The button is a link to the page that finds the same without a script.

const opener = document.querySelector("[data-palette]");
const palette = document.getElementById("palette");
const help = document.getElementById("keys-help");
const words = document.getElementById("palette-words");
const list = document.getElementById("palette-hits");
const WAIT = 120;
let options = [];
let chosen = -1;
let asking = null;
let answered = null;
let timer = 0;

function choose(number) {
  options[chosen]?.setAttribute("aria-selected", "false");
  chosen = options.length ? (number + options.length) % options.length : -1;
  const option = options[chosen];
  if (!option) {
    words.removeAttribute("aria-activedescendant");
    return;
  }
  option.setAttribute("aria-selected", "true");
  option.scrollIntoView({ block: "nearest" });
  words.setAttribute("aria-activedescendant", option.id);
}

function part(name, className, text) {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

function optionOf(hit) {
  const option = part("div", "palette-hit", "");
  option.setAttribute("role", "option");
  option.setAttribute("aria-selected", "false");
  option.id = `palette-hit-${options.length}`;
  option.dataset.address = hit.address;
  option.append(part("span", "", hit.title), " ", part("span", "soft small", hit.more));
  const number = options.length;
  option.addEventListener("pointermove", () => choose(number));
  option.addEventListener("click", () => go(option));
  options.push(option);
  return option;
}

function groupOf(group, number) {
  const made = part("div", "palette-group", "");
  made.setAttribute("role", "group");
  const name = part("div", "palette-name", group.name);
  name.id = `palette-group-${number}`;
  made.setAttribute("aria-labelledby", name.id);
  made.append(name, ...group.hits.map(optionOf));
  return made;
}

function show(groups) {
  options = [];
  chosen = -1;
  const drawn = groups.map(groupOf);
  list.replaceChildren(...(drawn.length ? drawn : [part("p", "soft palette-none", "Nothing fits.")]));
  list.scrollTop = 0;
  words.setAttribute("aria-expanded", String(options.length > 0));
  choose(0);
}

async function ask() {
  asking?.abort();
  asking = new AbortController();
  const asked = words.value;
  try {
    const answer = await fetch(`${opener.dataset.palette}?q=${encodeURIComponent(asked)}`, { signal: asking.signal });
    // Whoever is not signed in any more is led to the sign-in, which is a page.
    if (!(answer.headers.get("content-type") || "").startsWith("application/json")) throw new Error("no data");
    const { groups } = await answer.json();
    answered = asked;
    show(groups);
  } catch (error) {
    if (error.name === "AbortError") return;
    show([]);
    list.firstChild.textContent = "It cannot be found out at the moment. Enter opens the page that finds.";
  }
}

function go(option) {
  palette.close();
  location.assign(option ? option.dataset.address : `${opener.href}?q=${encodeURIComponent(words.value)}`);
}

/** Who types faster than we answer means what was typed, not what is still shown. */
async function enter() {
  clearTimeout(timer);
  if (answered !== words.value) await ask();
  go(options[chosen]);
}

function open() {
  if (palette.open) return;
  answered = null;
  help.close();
  palette.showModal();
  words.value = "";
  words.focus();
  ask();
}

const MOVES = { ArrowDown: () => chosen + 1, ArrowUp: () => chosen - 1, PageDown: () => Math.min(chosen + 6, options.length - 1), PageUp: () => Math.max(chosen - 6, 0) };

words.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  const move = MOVES[event.key];
  if (move) choose(move());
  else if (event.key === "Enter") enter();
  else return;
  event.preventDefault();
});
words.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(ask, WAIT);
});
palette.addEventListener("close", () => {
  clearTimeout(timer);
  asking?.abort();
});
for (const dialog of [palette, help]) {
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
}
opener.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  open();
});
document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "k") {
    event.preventDefault();
    open();
  } else if (event.key === "?" && !event.target.closest("input, textarea, select, [contenteditable]") && !palette.open && !help.open) {
    event.preventDefault();
    help.showModal();
  }
});

// On a phone the menu is a row that scrolls: begin where the reader is.
document.querySelector("nav [aria-current=page]")?.scrollIntoView({ block: "nearest", inline: "center" });
