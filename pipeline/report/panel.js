// The marked day -> its numbers, events, sentences and links, in words beside the drawing. Sentences, outlets and urls
// are other people's text: they enter as text nodes, and a url becomes a link only if it is http or https.

function mark(day) {
  view.day = clamp(day, view.dyad.first, view.dyad.last);
  const n = view.dyad.at.get(view.day), facts = n === undefined ? uncovered() : covered(n);
  panel.replaceChildren(tag("h3", "", spoken(view.day) + (view.held ? " (held)" : "")), ...facts);
  panel.classList.toggle("held", view.held);
  stage.setAttribute("aria-valuemin", view.dyad.first);
  stage.setAttribute("aria-valuemax", view.dyad.last);
  stage.setAttribute("aria-valuenow", view.day);
  const said = n === undefined ? "no coverage" : `tension ${tension(view.day).toFixed(1)}`;
  stage.setAttribute("aria-valuetext", `${spoken(view.day)}: ${said}`);
  drawCursor();
}

function uncovered() {
  return [tag("p", "", `No coverage: no value. The decayed level stands at ${tension(view.day).toFixed(1)}.`)];
}

function covered(n) {
  const { low, high, percentile, back, articles, conflict, cooperation } = view.dyad;
  const rows = [
    ["tension", `${tension(view.day).toFixed(1)} (${(low[n] / 10).toFixed(1)}–${(high[n] / 10).toFixed(1)})`],
    ["percentile", `${percentile[n]}, of covered days so far`],
    ["highest since", back[n] ? iso(view.day - back[n]) : "the highest so far"],
    ["articles", String(articles[n])],
    ["conflict", (conflict[n] / 100).toFixed(2).replace("-", "−")],
    ["cooperation", (cooperation[n] / 100).toFixed(2)],
  ];
  const period = periodOf(view.day);
  if (period) rows.push(["period", `${iso(period.from)} to ${iso(period.to)}, mean ${period.tension.toFixed(1)}`]);
  const list = tag("dl", "", ...rows.flatMap(([name, value]) => [tag("dt", "", name), tag("dd", "", value)]));
  return [list, ...eventsOf(n)];
}

function eventsOf(n) {
  const { top, eventsOf: known, events, dyad } = view.dyad, shown = known.get(view.day) ?? [];
  const more = events[n] - shown.filter((event) => top.confidence[event] >= data.least).length;
  const made = shown.flatMap(eventOf), untold = shown.some((event) => !top.told[event].length);
  const missing = [more > 0 && `${more} more`, untold && "sentences"].filter(Boolean).join(" and ");
  if (missing) made.push(tag("p", "note", `${missing}: escalation explain ${dyad} ${iso(view.day)}`));
  else if (!shown.length) made.push(tag("p", "note", "No event of this pair on this day."));
  return made;
}

function eventOf(n) {
  const { top, names } = view.dyad, [who, whom] = top.turned[n] ? [names[1], names[0]] : names;
  const score = top.score[n] / 10, outlets = top.outlets[n];
  const signed = (score < 0 ? "−" : "+") + Math.abs(score).toFixed(1);
  const doubt = top.confidence[n] < data.least ? ", not scored" : "";
  const sure = `confidence ${(top.confidence[n] / 100).toFixed(2)}${doubt}`;
  const facts = `${outlets} outlet${outlets === 1 ? "" : "s"}, ${sure}`;
  const what = tag("span", score < 0 ? "conflict" : "cooperation", `${data.kinds[top.kind[n]]} ${signed}`);
  return [tag("h4", "", `${who} → ${whom}: `, what), tag("p", "note", facts), ...top.told[n].map(quoted)];
}

function quoted(n) {
  const [text, article] = data.sentences[n], [outlet, url] = data.articles[article];
  return tag("blockquote", "", text, " ", /^https?:\/\//i.test(url) ? link(outlet, url) : outlet && `(${outlet})`);
}

function link(outlet, url) {
  const made = tag("a", "", outlet || "source");
  made.href = url;
  made.rel = "noopener noreferrer";
  return made;
}
