"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const served = document.body.dataset.served === "1";
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const matrix = document.getElementById("matrix");
  const rows = [...matrix.tBodies[0].rows];
  const both = document.getElementById("both");
  const sides = all(".side", both);
  const marks = new Map();
  let filter = "all";
  let place = 0;

  const answer = (row, at) => data.cases[row].answers[at];
  const cellOf = (row, at) => rows[row].cells[at + 1];
  const shown = (row) => !row.hidden && !row.hasAttribute("data-away");

  /* filters */
  const reviewed = (row) => data.cases[+row.dataset.case].answers.every((one) => !one || !one.call || marks.has(one.call));
  const fits = (row, name) => name === "all" || (name === "unreviewed" ? !reviewed(row) : row.hasAttribute(`data-${name}`));
  const count = () => all("[data-filter]").forEach((button) => {
    button.querySelector("small").textContent = rows.filter((row) => fits(row, button.dataset.filter)).length;
  });
  const apply = () => {
    rows.forEach((row) => { row.hidden = !fits(row, filter); });
    document.getElementById("none").hidden = rows.some(shown);
  };
  all("[data-filter]").forEach((button) => button.addEventListener("click", () => {
    filter = button.dataset.filter;
    all("[data-filter]").forEach((other) => other.setAttribute("aria-pressed", String(other === button)));
    apply();
  }));
  const unstop = () => rows.forEach((row) => row.removeAttribute("tabindex"));
  document.getElementById("find").addEventListener("input", () => {
    unstop();
    document.getElementById("none").hidden = rows.some(shown);
  });

  /* one cell at a time is in the tab order; the arrows move it */
  let current = null;
  const settle = (cell, focus = true) => {
    if (current) current.tabIndex = -1;
    current = cell;
    cell.tabIndex = 0;
    if (focus) { cell.focus({ preventScroll: true }); cell.scrollIntoView({ block: "nearest", inline: "nearest" }); }
  };
  const step = (row, by) => {
    let at = row + by;
    while (rows[at] && !shown(rows[at])) at += by;
    return rows[at] ? at : -1;
  };
  rows.forEach((row) => { for (const cell of row.cells) if (cell.dataset.at) cell.tabIndex = -1; });
  if (rows.length) settle(cellOf(0, 0), false);

  /* the words that differ, by the longest common subsequence */
  const MOST = 4e6;
  const words = (text) => text.match(/\s+|[\p{L}\p{N}_]+|[^\s\p{L}\p{N}_]/gu) || [];
  const changed = (one, other) => {
    let from = 0;
    while (from < one.length && from < other.length && one[from] === other[from]) from += 1;
    let a = one.length;
    let b = other.length;
    while (a > from && b > from && one[a - 1] === other[b - 1]) { a -= 1; b -= 1; }
    const left = new Set();
    const right = new Set();
    const n = a - from;
    const m = b - from;
    if (n * m > MOST) {
      for (let i = from; i < a; i += 1) left.add(i);
      for (let j = from; j < b; j += 1) right.add(j);
      return [left, right];
    }
    const width = m + 1;
    const best = new Uint16Array((n + 1) * width);
    for (let i = n - 1; i >= 0; i -= 1) {
      for (let j = m - 1; j >= 0; j -= 1) {
        best[i * width + j] = one[from + i] === other[from + j]
          ? best[(i + 1) * width + j + 1] + 1
          : Math.max(best[(i + 1) * width + j], best[i * width + j + 1]);
      }
    }
    let i = 0;
    let j = 0;
    while (i < n || j < m) {
      if (i < n && j < m && one[from + i] === other[from + j]) { i += 1; j += 1; }
      else if (j >= m || (i < n && best[(i + 1) * width + j] >= best[i * width + j + 1])) { left.add(from + i); i += 1; }
      else { right.add(from + j); j += 1; }
    }
    return [left, right];
  };
  const write = (pre, parts, marked) => {
    const pieces = [];
    let run = null;
    parts.forEach((part, at) => {
      const is = marked.has(at);
      if (!run || run.is !== is) { run = { is, text: "" }; pieces.push(run); }
      run.text += part;
    });
    pre.replaceChildren(...pieces.map(({ is, text }) => {
      if (!is || !text.trim()) return document.createTextNode(text);
      const mark = document.createElement("mark");
      mark.textContent = text;
      return mark;
    }));
  };

  /* two answers side by side */
  const chosen = (side) => +side.querySelector("select").value;
  const said = { accepted: "accepted", rejected: "rejected", unknown: "no verdict", failed: "failed" };
  const fill = (side) => {
    const one = answer(place, chosen(side));
    const pill = side.querySelector(".pill");
    pill.className = `pill ${one ? one.said : "unknown"}`;
    pill.textContent = one ? said[one.said] : "not asked";
    side.querySelector(".facts").textContent = one ? one.facts : "";
    side.querySelector(".reason").textContent = one ? one.reason : "";
    side.querySelector(".reason").classList.remove("problem");
    const mark = one ? marks.get(one.call) : undefined;
    side.querySelector(".mark").textContent = mark === undefined ? "" : mark ? "you: accepted" : "you: rejected";
    all("button", side).forEach((button) => {
      button.setAttribute("aria-pressed", String(mark !== undefined && button.classList.contains(mark ? "accept" : "reject")));
      button.disabled = !one || !one.call;
    });
    return one ? one.text : "";
  };
  const draw = () => {
    const one = data.cases[place];
    document.getElementById("which").textContent = `Case ${one.id}`;
    document.getElementById("question").textContent = one.question;
    document.getElementById("expected").textContent = one.expected;
    document.getElementById("wanted").hidden = !one.expected;
    const texts = sides.map(fill).map(words);
    const [left, right] = texts.length > 1 ? changed(texts[0], texts[1]) : [new Set(), new Set()];
    [left, right].slice(0, texts.length).forEach((marked, at) => write(sides[at].querySelector(".answer"), texts[at], marked));
    document.getElementById("back").disabled = step(place, -1) < 0;
    document.getElementById("ahead").disabled = step(place, 1) < 0;
  };
  const open = (row, at) => {
    place = row;
    sides[0].querySelector("select").value = at;
    if (sides[1]) {
      const other = +sides[1].querySelector("select").value;
      if (other === at) sides[1].querySelector("select").value = at === 0 ? 1 : 0;
    }
    draw();
    if (!both.open) both.showModal();
    sides[0].querySelector(".answer").focus({ preventScroll: true });
    both.scrollTop = 0;
  };
  const go = (by) => {
    const next = step(place, by);
    if (next < 0) return;
    place = next;
    draw();
  };
  sides.forEach((side) => side.querySelector("select").addEventListener("change", draw));
  document.getElementById("back").addEventListener("click", () => go(-1));
  document.getElementById("ahead").addEventListener("click", () => go(1));
  document.getElementById("close").addEventListener("click", () => both.close());
  both.addEventListener("click", (event) => { if (event.target === both) both.close(); });
  both.addEventListener("close", () => { settle(cellOf(place, chosen(sides[0]))); });

  /* verdicts */
  const note = (row, at, accepted) => {
    const one = answer(row, at);
    if (accepted === null) marks.delete(one.call);
    else marks.set(one.call, accepted);
    const pill = cellOf(row, at).querySelector(".pill");
    if (accepted === null) delete pill.dataset.mark;
    else pill.dataset.mark = accepted ? "yes" : "no";
    count();
  };
  const say = async (row, at, accepted) => {
    const one = answer(row, at);
    if (!one || !one.call) return;
    if (served) {
      try {
        const told = await fetch("verdict", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ call: one.call, accepted }) });
        if (!told.ok) throw new Error(await told.text());
      } catch (error) {
        problem(`The verdict was not written: ${error.message}`);
        return;
      }
    }
    note(row, at, accepted);
    if (both.open) draw();
  };
  const problem = (text) => {
    if (!both.open) { alert(text); return; }
    const told = sides[0].querySelector(".reason");
    told.textContent = text;
    told.classList.add("problem");
  };
  sides.forEach((side) => all("button", side).forEach((button) => button.addEventListener("click", () => {
    const accepted = button.classList.contains("accept");
    const one = answer(place, chosen(side));
    say(place, chosen(side), marks.get(one.call) === accepted ? null : accepted);
  })));
  document.getElementById("export").addEventListener("click", () => {
    const told = [];
    data.cases.forEach((one) => one.answers.forEach((given, at) => {
      if (given && marks.has(given.call)) told.push({ call: given.call, case: one.id, candidate: data.names[at], accepted: marks.get(given.call) });
    }));
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([`${JSON.stringify(told, null, 1)}\n`], { type: "application/json" }));
    link.download = `compare-${data.name}-marks.json`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  });

  /* keys */
  const VERDICTS = { a: true, r: false, u: null };
  matrix.addEventListener("click", (event) => {
    const cell = event.target.closest("td[data-at]");
    if (cell) { settle(cell, false); open(+cell.parentElement.dataset.case, +cell.dataset.at); }
  });
  matrix.addEventListener("keydown", (event) => {
    const cell = event.target.closest("td[data-at]");
    if (!cell || event.ctrlKey || event.metaKey || event.altKey) return;
    const row = +cell.parentElement.dataset.case;
    const at = +cell.dataset.at;
    let next = null;
    if (event.key === "ArrowDown" || event.key === "j") next = step(row, 1) >= 0 ? cellOf(step(row, 1), at) : null;
    else if (event.key === "ArrowUp" || event.key === "k") next = step(row, -1) >= 0 ? cellOf(step(row, -1), at) : null;
    else if (event.key === "ArrowRight") next = data.names[at + 1] === undefined ? null : cellOf(row, at + 1);
    else if (event.key === "ArrowLeft") next = at ? cellOf(row, at - 1) : null;
    else if (event.key === "Enter" || event.key === " ") open(row, at);
    else if (event.key in VERDICTS) say(row, at, VERDICTS[event.key]);
    else return;
    event.preventDefault();
    if (next) settle(next);
  });
  both.addEventListener("keydown", (event) => {
    if (event.target.closest("select") || event.ctrlKey || event.metaKey || event.altKey) return;
    const side = event.target.closest(".side") || sides[0];
    if (event.key in VERDICTS) say(place, chosen(side), VERDICTS[event.key]);
    else if (event.key === "j" || event.key === "ArrowRight") go(1);
    else if (event.key === "k" || event.key === "ArrowLeft") go(-1);
    else return;
    event.preventDefault();
  });

  unstop();
  count();
  apply();
})();
