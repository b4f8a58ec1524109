// Moments in the reader's own time and manner; without this script they are said in UTC.
const near = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
const today = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });
const axis = {
  time: new Intl.DateTimeFormat(undefined, { timeStyle: "short" }),
  day: new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" }),
};

/** In a table, today's moments are said by their time alone: the day would fill a phone. */
function said(one, moment) {
  const short = one.closest("td, th") && moment.toDateString() === new Date().toDateString();
  return (short ? today : near).format(moment);
}

function sayMoments() {
  for (const one of document.querySelectorAll("time[data-local]:not([title])")) {
    one.title = one.textContent;
    one.textContent = said(one, new Date(one.dateTime));
  }
  for (const one of document.querySelectorAll(".drawing text[data-at]")) {
    one.textContent = axis[one.dataset.said].format(new Date(one.dataset.at));
  }
}

sayMoments();
document.addEventListener("linkspan:drawn", sayMoments);
