// Adds a copy button to each text that is marked to be copied; without this script the text is selected whole by one click.

const said = document.createElement("p");
said.className = "unseen";
said.setAttribute("role", "status");
document.body.append(said);

/** The text as it should land on the clipboard: line breaks of a newline-separated list are kept. */
function textOf(box) {
  return box.querySelector("code").textContent;
}

async function copy(box, button) {
  const what = box.dataset.copy || "Text";
  try {
    await navigator.clipboard.writeText(textOf(box));
    button.textContent = "Copied";
    said.textContent = `${what} copied.`;
  } catch {
    getSelection().selectAllChildren(box.querySelector("code"));
    button.textContent = "Press Ctrl+C";
    said.textContent = `${what} is selected; press Control C to copy.`;
  }
  setTimeout(() => { button.textContent = "Copy"; }, 2500);
}

function addButtons() {
  for (const box of document.querySelectorAll(".copy:not(:has(button))")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "quiet slim";
    button.textContent = "Copy";
    button.setAttribute("aria-label", `Copy ${(box.dataset.copy || "this text").toLowerCase()}`);
    button.addEventListener("click", () => copy(box, button));
    box.append(button);
  }
}

addButtons();
document.addEventListener("linkspan:drawn", addButtons);
