// What a page of the console does beyond the server's HTML: times in the reader's own zone.
const near = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
const today = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });
const now = new Date();
// In a table, today's moments are said by their time alone: the day would fill a phone.
const saidIn = (one, moment) => (one.closest("td, th") && moment.toDateString() === now.toDateString() ? today : near).format(moment);

for (const one of document.querySelectorAll("time[data-local]")) {
  const moment = new Date(one.dateTime);
  one.title = one.textContent;
  one.textContent = saidIn(one, moment);
}

// Pictures: the moments below them.
const said = { time: new Intl.DateTimeFormat(undefined, { timeStyle: "short" }), day: new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" }) };
for (const one of document.querySelectorAll(".drawing text[data-at]")) {
  one.textContent = said[one.dataset.said].format(new Date(one.dataset.at));
}
