// Pages are the same for everybody, and say days; how long ago that is, is the reader's own clock's to say.
const STEPS = [["year", 31_536_000], ["month", 2_592_000], ["day", 86_400], ["hour", 3_600], ["minute", 60]];
const words = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

function age(at, now) {
  const seconds = (at - now) / 1_000;
  const [unit, size] = STEPS.find(([, each]) => Math.abs(seconds) >= each) ?? ["minute", 60];
  return words.format(Math.trunc(seconds / size), unit);
}

export function tellAges(root) {
  for (const time of root.querySelectorAll("time:not([title])")) {
    time.title = time.textContent;
    time.textContent = age(Date.parse(time.dateTime), Date.now());
  }
}
