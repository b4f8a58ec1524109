// What a page of the console does beyond the server's HTML: times in the reader's own zone.
const near = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

for (const one of document.querySelectorAll("time[data-local]")) {
  const moment = new Date(one.dateTime);
  one.title = one.textContent;
  one.textContent = near.format(moment);
}
