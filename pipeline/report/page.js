// What the reader does with mouse, fingers and keys -> another view. Nothing is asked of any network.

function zoom(from, to) {
  const { first, last } = view.dyad, least = Math.min(LEAST_DAYS - 1, last - first);
  const wide = clamp(to - from, least, last - first), start = clamp(from, first, last - wide);
  Object.assign(view, { from: start, to: start + wide });
  draw();
}

function spanOf(button) {
  const { first, last } = view.dyad, days = Number(button.dataset.days);
  return [days ? Math.max(first, last - days + 1) : first, last];
}

function showAll() {
  zoom(view.dyad.first, view.dyad.last);
}

function hold(held) {
  view.held = held;
  mark(view.day);
}

function choose(name) {
  const all = view.dyad && view.from === view.dyad.first && view.to === view.dyad.last, before = { ...view };
  view.dyad = prepared(data.dyads.find((dyad) => dyad.dyad === name) ?? data.dyads[0]);
  const { dyad, first, last, covered: days } = view.dyad;
  select.value = dyad;
  for (const section of document.querySelectorAll("main section")) {
    section.classList.toggle("chosen", section.id === dyad);
  }
  one(dyad).querySelector("figure").before(one("chart"));
  view.held = false;
  shading.disabled = !view.dyad.periods.length;
  const kept = before.dyad && !all && before.to > first + LEAST_DAYS && before.from < last - LEAST_DAYS;
  zoom(kept ? Math.max(first, before.from) : first, kept ? Math.min(last, before.to) : last);
  mark(days.at(-1) ?? last);
}

function step(key, byDay) {
  const { covered: days, first, last } = view.dyad, sign = key === "ArrowLeft" || key === "ArrowDown" ? -1 : 1;
  if (key === "Home" || key === "End") return (key === "Home" ? days[0] : days.at(-1)) ?? first;
  if (byDay || !days.length) return clamp(view.day + sign, first, last);
  return (sign > 0 ? days[place(view.day + 1)] : days[place(view.day) - 1]) ?? view.day;
}

function move(day) {
  const wide = view.to - view.from;
  mark(day);
  if (day < view.from || day > view.to) zoom(day - (wide >> 1), day - (wide >> 1) + wide);
}

function closer(factor) {
  const wide = Math.round((view.to - view.from) * factor), centre = clamp(view.day, view.from, view.to);
  zoom(centre - (wide >> 1), centre - (wide >> 1) + wide);
}

const keys = {
  Enter: () => { hold(true); panel.focus(); },
  Escape: () => { if (view.drag) view.drag = null; else if (!view.held) showAll(); hold(false); },
  "+": () => closer(0.5), "=": () => closer(0.5), "-": () => closer(2), "−": () => closer(2),
};

stage.addEventListener("keydown", (event) => {
  const moves = /^(Arrow(Left|Right|Up|Down)|Home|End)$/.test(event.key);
  if (event.ctrlKey || event.metaKey || event.altKey || !(moves || Object.hasOwn(keys, event.key))) return;
  event.preventDefault();
  if (moves) move(step(event.key, event.shiftKey)); else keys[event.key]();
});

panel.addEventListener("keydown", (event) => {
  if (event.key === "Escape") { hold(false); stage.focus(); }
});

stage.addEventListener("pointerdown", (event) => {
  if (event.button !== 0) return;
  const at = event.clientX - stage.getBoundingClientRect().left;
  view.drag = { from: at, to: at, client: event.clientX };
  stage.setPointerCapture(event.pointerId);
});

stage.addEventListener("pointermove", (event) => {
  if (view.drag) { view.drag.to = event.clientX - stage.getBoundingClientRect().left; drawCursor(); }
  else if (!view.held) mark(dayAt(event.clientX));
});

stage.addEventListener("pointerup", (event) => {
  const drag = view.drag;
  view.drag = null;
  if (!drag) return;
  if (Math.abs(drag.to - drag.from) > 6) {
    const day = (at) => Math.floor(view.from + (at - EDGE.left) / scale());
    zoom(day(Math.min(drag.from, drag.to)), day(Math.max(drag.from, drag.to)));
  } else {
    const day = dayAt(event.clientX), again = view.held && day === view.day;
    view.held = !again;
    mark(day);
  }
});

stage.addEventListener("pointercancel", () => { view.drag = null; drawCursor(); });
stage.addEventListener("dblclick", showAll);
select.addEventListener("change", () => { choose(select.value); history.replaceState(null, "", `#${select.value}`); });
for (const button of [fit, shading]) {
  button.addEventListener("click", () => {
    button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
    draw();
  });
}
for (const button of spans) button.addEventListener("click", () => zoom(...spanOf(button)));

if (data.dyads.length) {
  document.documentElement.classList.add("scripted");
  one("controls").hidden = one("chart").hidden = false;
  stage.append(svg);
  choose(location.hash.slice(1));
  new ResizeObserver(draw).observe(stage);
}
