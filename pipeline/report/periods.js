// The periods between changes in what the two do to each other -> tints behind the drawing, a line at each change, and
// the mean of each in words as far as there is room, since a tint alone says little to some eyes.

const WORDS = 150, NUMBER = 34, FAINT = 0.06, STRONG = 0.14;

const periodsShown = () => view.dyad.periods.length > 0 && shading.getAttribute("aria-pressed") === "true";
const periodsInView = () => view.dyad.periods.filter(({ from, to }) => from <= view.to && to >= view.from);
const periodOf = (day) => view.dyad.periods.find(({ from, to }) => from <= day && day <= to);

function tints() {
  return periodsShown() ? periodsInView().flatMap(tint) : [];
}

function tint({ from, to, flow, strength }) {
  const left = x(Math.max(from, view.from) - 0.5), width = x(Math.min(to, view.to) + 0.5) - left;
  const kind = flow < 0 ? "conflict" : flow > 0 ? "cooperation" : "level", opacity = FAINT + STRONG * strength;
  const place = { class: `period ${kind}`, x: left, width, "fill-opacity": opacity.toFixed(3) };
  return [
    shape("rect", { ...place, y: EDGE.top, height: UPPER - EDGE.top }),
    shape("rect", { ...place, y: LOWER.top, height: LOWER.height }),
  ];
}

/** What stands over the tints and under the curve: the changes and the means. */
function means() {
  return periodsShown() ? periodsInView().flatMap(mean) : [];
}

function mean({ from, to, flow, tension: level }) {
  const left = x(Math.max(from, view.from) - 0.5), right = x(Math.min(to, view.to) + 0.5), made = [];
  if (from > view.dyad.first && from > view.from) {
    const change = `M${left} ${EDGE.top}V${UPPER}M${left} ${LOWER.top}v${LOWER.height}`;
    made.push(shape("path", { class: "change", d: change }));
  }
  const height = view.y(level), inside = height >= EDGE.top && height <= UPPER;
  if (inside) made.push(shape("path", { class: "mean", d: `M${left} ${height}H${right}` }));
  const words = right - left > WORDS ? `mean ${level.toFixed(1)}, flow ${signed(flow)}` : level.toFixed(1);
  const place = { class: "said", x: (left + right) / 2, y: UPPER - 6, "text-anchor": "middle" };
  if (right - left > NUMBER) made.push(shape("text", place, words));
  return made;
}

function signed(value) {
  return (value < 0 ? "−" : "+") + Math.abs(value).toFixed(2);
}
