// The settings page while keys are rotated: how far it is, every second, until it is done.
const line = document.querySelector("[data-keys][data-running]");
const bar = line?.querySelector("progress");
const said = line?.querySelector("[data-said]");

const look = async () => {
  const answer = await fetch(line.dataset.keys, { headers: { accept: "application/json" } }).catch(() => null);
  const told = answer?.ok ? await answer.json().catch(() => null) : null;
  if (told) {
    bar.max = Math.max(told.all, 1);
    bar.value = told.done;
    said.textContent = `${told.done} of ${told.all}`;
    if (!told.running) {
      location.reload();
      return;
    }
  }
  setTimeout(look, 1000);
};

if (line) setTimeout(look, 400);
