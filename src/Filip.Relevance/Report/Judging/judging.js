"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const element = id => document.getElementById(id);
  const key = "filip-judging-" + data.key;
  let memory = null;                      // where the browser keeps nothing for files, the page still works until it is closed
  const read = () => { try { return localStorage.getItem(key); } catch { return memory; } };
  const write = text => { memory = text; try { localStorage.setItem(key, text); } catch { /* said below */ } };
  let kept = { at: 0, preferred: {}, grades: {} };
  try { kept = Object.assign(kept, JSON.parse(read() || "{}")); } catch { /* another page's leftovers */ }
  const save = () => { write(JSON.stringify(kept)); tell(); };

  const tell = () => {
    const judged = data.queries.filter(query => kept.preferred[query.id]).length;
    const marks = Object.values(kept.grades).reduce((sum, grades) => sum + Object.keys(grades).length, 0);
    element("kept").textContent = `${judged} of ${data.queries.length} queries judged, ${marks} pictures marked. Kept in this browser; download when you are done.`;
    element("done").style.width = `${100 * judged / Math.max(data.queries.length, 1)}%`;
  };

  const picture = (query, id, rank) => {
    const item = document.createElement("li");
    const button = document.createElement("button");
    const grade = (kept.grades[query.id] || {})[id];
    const said = grade === undefined ? "no mark" : grade > 0 ? "relevant" : "not relevant";
    button.className = grade === undefined ? "" : grade > 0 ? "yes" : "no";
    button.setAttribute("aria-label", `Picture ${rank}, ${said}`);
    if (data.pictures[id]) {
      const image = document.createElement("img");
      image.src = data.pictures[id];
      image.alt = "";
      button.append(image);
    } else {
      const name = document.createElement("span");
      name.className = "name";
      name.textContent = id;
      button.append(name);
    }
    const place = document.createElement("span");
    place.className = "rank";
    place.textContent = rank;
    button.append(place);
    if (grade !== undefined) {
      const mark = document.createElement("span");
      mark.className = "mark";
      mark.textContent = grade > 0 ? "✓" : "✕";
      button.append(mark);
    }
    button.onclick = () => {
      const grades = kept.grades[query.id] = kept.grades[query.id] || {};
      if (grade === undefined) { grades[id] = data.relevant; } else if (grade > 0) { grades[id] = 0; } else { delete grades[id]; }
      save();
      show();
    };
    item.append(button);
    return item;
  };

  const show = () => {
    const query = data.queries[kept.at];
    element("text").textContent = query.text;
    element("progress").textContent = `${kept.at + 1} of ${data.queries.length}`;
    for (const side of ["left", "right"]) {
      element(side).replaceChildren(...query[side].map((id, i) => picture(query, id, i + 1)));
      element(side).parentElement.classList.toggle("chosen", kept.preferred[query.id] === side);
    }
    for (const button of document.querySelectorAll("[data-choice]")) {
      button.classList.toggle("chosen", kept.preferred[query.id] === button.dataset.choice);
    }
    element("back").disabled = kept.at === 0;
    element("skip").disabled = kept.at === data.queries.length - 1;
  };

  const go = step => {
    kept.at = Math.min(Math.max(kept.at + step, 0), data.queries.length - 1);
    save();
    show();
  };
  const choose = choice => { kept.preferred[data.queries[kept.at].id] = choice; go(1); };

  const download = (name, type, text) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };
  const rows = () => data.queries.flatMap(query => [
    ...(kept.preferred[query.id] ? [{ query: query.id, preferred: kept.preferred[query.id], seed: data.seed }] : []),
    ...Object.entries(kept.grades[query.id] || {}).map(([docid, rating]) => ({ query: query.id, docid, rating })),
  ]);
  const field = value => { const text = String(value ?? ""); return /[",\r\n]|^ | $/.test(text) ? `"${text.replaceAll("\"", "\"\"")}"` : text; };

  element("jsonl").onclick = () => download("judgements.jsonl", "application/jsonl", rows().map(row => JSON.stringify(row) + "\n").join(""));
  element("csv").onclick = () => download("judgements.csv", "text/csv", "query,docid,rating,preferred,seed\n"
    + rows().map(row => ["query", "docid", "rating", "preferred", "seed"].map(name => field(row[name])).join(",") + "\n").join(""));
  element("clear").onclick = () => {
    if (confirm("Forget everything judged on this page?")) { kept = { at: 0, preferred: {}, grades: {} }; save(); show(); }
  };
  element("back").onclick = () => go(-1);
  element("skip").onclick = () => go(1);
  for (const button of document.querySelectorAll("[data-choice]")) { button.onclick = () => choose(button.dataset.choice); }
  document.addEventListener("keydown", event => {
    const choice = { ArrowLeft: "left", ArrowDown: "same", ArrowRight: "right" }[event.key];
    if (choice && !event.ctrlKey && !event.metaKey && !event.altKey && data.queries.length > 0) { event.preventDefault(); choose(choice); }
  });

  element(data.queries.length > 0 ? "ask" : "none").hidden = false;
  if (data.queries.length > 0) { kept.at = Math.min(Math.max(kept.at | 0, 0), data.queries.length - 1); show(); }
  tell();
})();
