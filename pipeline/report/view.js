// What is in view: the pair of countries, the first and the last day, the marked day, and where a day lies on screen.
// Days are whole days since 1970-01-01, UTC; measures are whole numbers (see daily.py). The files view.js, draw.js,
// panel.js and page.js are one script of the page, with periods.js after the first.

const DAY = 864e5, LEAST_DAYS = 7, LONG_DAYS = 730, MANY_POINTS = 300, REACH = 10;
const EDGE = { left: 40, right: 8, top: 10 }, UPPER = 300, LOWER = { top: 338, height: 98 }, HEIGHT = 470;
const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
const one = (id) => document.getElementById(id);
const spans = [...document.querySelectorAll("[data-days]")];
const data = JSON.parse(one("data").textContent);
const stage = one("stage"), panel = one("panel"), select = one("dyads"), fit = one("fit"), shading = one("shading");
const svg = shape("svg", { height: HEIGHT, "aria-hidden": "true" }), cursor = shape("g");
const view = { dyad: null, from: 0, to: 0, day: 0, held: false, drag: null, width: 800 };

function shape(name, attributes = {}, text = "") {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.textContent = text;
  return made;
}

function tag(name, className, ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

const iso = (day) => new Date(day * DAY).toISOString().slice(0, 10);
const monthStart = (year, month) => Date.UTC(year, month, 1) / DAY;
const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
const scale = () => (view.width - EDGE.left - EDGE.right) / (view.to - view.from + 1);
const x = (day) => EDGE.left + (day + 0.5 - view.from) * scale();
const point = (day, height) => `${x(day).toFixed(1)} ${height.toFixed(1)}`;

function spoken(day) {
  const date = new Date(day * DAY);
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
}

function prepared(dyad) {
  const events = new Map();
  const summed = (steps) => { let day = dyad.first; return steps.map((step) => (day += step)); };
  summed(dyad.top.day).forEach((day, n) => {
    events.set(day, [...(events.get(day) ?? []), n]);
  });
  const covered = summed(dyad.days);
  const at = new Map(covered.map((day, n) => [day, n]));
  const periods = dyad.periods.map(([from, to, flow, level, strength]) => (
    { from: dyad.first + from, to: dyad.first + to, flow: flow / 100, tension: level / 10, strength: strength / 100 }));
  return { ...dyad, covered, at, periods, eventsOf: events, last: dyad.first + dyad.line.length - 1 };
}

/** Number of the first covered day at or after `day`. */
function place(day) {
  const { covered } = view.dyad;
  let low = 0, high = covered.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (covered[middle] < day) low = middle + 1; else high = middle;
  }
  return low;
}

const inView = () => view.dyad.covered.slice(place(view.from), place(view.to + 1));
const tension = (day) => view.dyad.line[day - view.dyad.first] / 10;

/** The weightiest covered day under the pointer, else the nearest one within reach, else the day itself. */
function dayAt(clientX) {
  const { covered, at, conflict, cooperation } = view.dyad, far = (first, second) => Math.abs(first - second) * scale();
  const left = stage.getBoundingClientRect().left + EDGE.left;
  const exact = clamp(Math.floor(view.from + (clientX - left) / scale()), view.from, view.to);
  const near = covered.slice(place(exact - REACH / scale()), place(exact + REACH / scale() + 1)).filter(
    (day) => day >= view.from && day <= view.to);
  const under = near.filter((day) => far(day, exact) <= 2);
  const weight = (day) => cooperation[at.get(day)] - conflict[at.get(day)];
  if (under.length) return under.reduce((best, day) => (weight(day) > weight(best) ? day : best));
  return near.reduce((best, day) => (best === null || far(day, exact) < far(best, exact) ? day : best), null) ?? exact;
}
