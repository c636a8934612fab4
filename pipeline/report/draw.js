// What is in view -> the drawing: tension with its interval above, conflict and cooperation below.

function bounds() {
  if (fit.getAttribute("aria-pressed") !== "true") return [0, 100];
  const { low, high, at } = view.dyad, values = [50];
  for (const day of inView()) values.push(low[at.get(day)] / 10, high[at.get(day)] / 10);
  for (let day = view.from; day <= view.to; day++) values.push(tension(day));
  const [least, most] = values.reduce(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [100, 0]);
  const spare = Math.max(2, (10 - most + least) / 2);
  return [Math.max(0, Math.floor(least - spare)), Math.min(100, Math.ceil(most + spare))];
}

function draw() {
  view.width = Math.max(280, stage.clientWidth);
  svg.setAttribute("viewBox", `0 0 ${view.width} ${HEIGHT}`);
  const [low, high] = bounds();
  view.y = (value) => EDGE.top + ((high - value) / (high - low)) * (UPPER - EDGE.top);
  const behind = [...tints(), ...timeAxis(), ...tensionAxis(low, high), ...means()];
  svg.replaceChildren(...behind, ...tensionMarks(), ...bars(), cursor);
  drawCursor();
  one("legend").classList.toggle("plain", !periodsShown());
  for (const button of spans) {
    button.setAttribute("aria-pressed", String(spanOf(button).every((end, n) => end === [view.from, view.to][n])));
  }
}

function timeAxis() {
  const bottom = LOWER.top + LOWER.height;
  return ticks().flatMap(([day, label]) => [
    shape("path", { class: "rule", d: `M${x(day - 0.5)} ${EDGE.top}V${UPPER}m0 ${LOWER.top - UPPER}V${bottom}` }),
    shape("text", { x: x(day - 0.5), y: bottom + 18, "text-anchor": "middle" }, label),
  ]);
}

/** [day, label] of round dates, as many as there is room for. */
function ticks() {
  const most = Math.max(2, view.width / 95), days = view.to - view.from + 1;
  const months = [1, 3, 6, 12, 24, 60, 120, 240].find((step) => days / 30.4 / step <= most) ?? 600;
  if (days < 70) return dayTicks([1, 2, 7, 14, 28].find((step) => days / step <= most) ?? 35);
  const found = [], first = new Date(view.from * DAY), year = first.getUTCFullYear();
  for (let n = months < 12 ? 0 : (Math.ceil(year / (months / 12)) - year / (months / 12)) * months; ; n += months) {
    const day = monthStart(year, n), date = new Date(day * DAY);
    if (day > view.to) return found;
    const label = (months < 12 ? `${MONTHS[date.getUTCMonth()]} ` : "") + date.getUTCFullYear();
    if (day >= view.from) found.push([day, label]);
  }
}

function dayTicks(step) {
  const found = [];
  for (let day = Math.ceil(view.from / step) * step; day <= view.to; day += step) {
    found.push([day + 0.5, spoken(day).replace(/ \d+$/, found.length ? "" : "$&")]);
  }
  return found;
}

const across = (kind, y) => shape("path", { class: kind, d: `M${EDGE.left} ${y}H${view.width - EDGE.right}` });

function tensionAxis(low, high) {
  const step = [1, 2, 5, 10, 25].find((size) => (high - low) / size <= 7), made = [];
  for (let value = Math.ceil(low / step) * step; value <= high; value += step) {
    const y = view.y(value);
    made.push(across(value === 50 ? "zero" : "rule", y));
    made.push(shape("text", { x: EDGE.left - 6, y: y + 4, "text-anchor": "end" }, String(value)));
  }
  const title = shape("text", { class: "name", x: EDGE.left + 6, y: EDGE.top + 12 }, "tension, 50 is balance");
  return [...made, title];
}

function tensionMarks() {
  const days = inView(), together = runs(days);
  let level = "";
  for (let day = view.from; day <= view.to; day++) level += (level ? "L" : "M") + point(day, view.y(tension(day)));
  const dots = days.length < MANY_POINTS ? days : [];
  const path = (run) => "M" + run.map((day) => point(day, view.y(tension(day)))).join("L");
  return [
    shape("path", { class: "band", d: together.map(band).join("") }),
    shape("path", { class: "level", d: level }),
    shape("path", { class: "line", d: together.filter((run) => run.length > 1).map(path).join("") }),
    shape("path", { class: "points", d: dots.map((day) => `M${point(day, view.y(tension(day)))}h0`).join("") }),
  ];
}

/** Covered days that follow one another. */
function runs(days) {
  const found = [];
  days.forEach((day, n) => (n && days[n - 1] === day - 1 ? found.at(-1).push(day) : found.push([day])));
  return found;
}

function band(run) {
  const { at, low, high } = view.dyad, side = 1.3 / scale();
  const ends = [[run[0] - side, run[0]], ...run.slice(1, -1).map((day) => [day, day]), [run.at(-1) + side, run.at(-1)]];
  const above = ends.map(([place, day]) => point(place, view.y(high[at.get(day)] / 10)));
  const below = ends.map(([place, day]) => point(place, view.y(low[at.get(day)] / 10))).reverse();
  return `M${[...above, ...below].join("L")}Z`;
}

/** [first day, day after, conflict, cooperation] of each day in view, or of each month of a long view. */
function sums() {
  const { at, conflict, cooperation } = view.dyad, long = view.to - view.from > LONG_DAYS, found = new Map();
  for (const day of inView()) {
    const date = new Date(day * DAY), year = date.getUTCFullYear(), month = date.getUTCMonth();
    const start = long ? monthStart(year, month) : day, end = long ? monthStart(year, month + 1) : day + 1;
    const sum = found.get(start) ?? [Math.max(start, view.from), Math.min(end, view.to + 1), 0, 0];
    sum[2] += conflict[at.get(day)] / 100;
    sum[3] += cooperation[at.get(day)] / 100;
    found.set(start, sum);
  }
  return [long ? "month" : "day", [...found.values()]];
}

function bars() {
  const [unit, rows] = sums(), zero = LOWER.top + LOWER.height / 2;
  const peak = Math.max(1, ...rows.map(([, , down, up]) => Math.max(-down, up)));
  const high = Math.ceil(peak), size = (value) => (Math.abs(value) / high) * (LOWER.height / 2);
  const bar = (kind, from, to, value) => {
    const width = Math.max(1.5, (to - from) * scale() * 0.86), left = (x(from - 0.5) + x(to - 0.5) - width) / 2;
    const y = value > 0 ? zero - size(value) : zero, place = [left, y, width, size(value)].map((one) => one.toFixed(1));
    return shape("rect", { class: kind, x: place[0], y: place[1], width: place[2], height: place[3] });
  };
  const made = rows.flatMap(([from, to, down, up]) =>
    [bar("conflict", from, to, down), bar("cooperation", from, to, up)]);
  const labels = [[high, zero - LOWER.height / 2], [0, zero], [-high, zero + LOWER.height / 2]].map(([value, y]) =>
    shape("text", { x: EDGE.left - 6, y: y + 4, "text-anchor": "end" }, String(value).replace("-", "−")));
  const title = `score a ${unit}: cooperation up, conflict down`;
  const head = shape("text", { class: "name", x: EDGE.left + 6, y: LOWER.top - 8 }, title);
  return [...made, ...labels, head, across("zero", zero)];
}

function drawCursor() {
  cursor.replaceChildren();
  if (view.drag) {
    const left = Math.min(view.drag.from, view.drag.to), width = Math.abs(view.drag.from - view.drag.to);
    const height = LOWER.top + LOWER.height - EDGE.top;
    cursor.append(shape("rect", { class: "drag", x: left, y: EDGE.top, width, height }));
  } else if (view.day >= view.from && view.day <= view.to) {
    const at = x(view.day), kind = view.held ? "dot held" : "dot";
    cursor.append(shape("path", { class: "cursor", d: `M${at} ${EDGE.top}V${LOWER.top + LOWER.height}` }));
    cursor.append(shape("circle", { class: kind, cx: at, cy: view.y(tension(view.day)), r: 4.5 }));
  }
}
