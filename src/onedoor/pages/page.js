"use strict";
(() => {
  const root = document.documentElement;
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];

  all("[data-live]").forEach((tool) => { tool.hidden = false; });

  const theme = document.getElementById("theme");
  theme.addEventListener("click", () => {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  });

  const value = (row, column) => {
    const cell = row.cells[column];
    return cell.dataset.v === undefined ? cell.textContent.trim() : cell.dataset.v;
  };
  const compare = (one, other) => {
    if (one === "" || other === "") return (one === "") - (other === "");
    const [a, b] = [Number(one), Number(other)];
    return Number.isNaN(a) || Number.isNaN(b) ? one.localeCompare(other) : a - b;
  };
  const sort = (head) => {
    const table = head.closest("table");
    const body = table.tBodies[0];
    const down = head.getAttribute("aria-sort") === "descending" || (!head.hasAttribute("aria-sort") && !head.classList.contains("n"));
    all("th[aria-sort]", table).forEach((other) => other.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", down ? "ascending" : "descending");
    const rows = [...body.rows].map((row) => [value(row, head.cellIndex), row]);
    const known = rows.filter(([v]) => v !== "").sort((a, b) => compare(a[0], b[0]));
    if (!down) known.reverse();
    body.append(...known.map(([, row]) => row), ...rows.filter(([v]) => v === "").map(([, row]) => row));
    enter(body);
  };
  all("table.sorts thead th").forEach((head) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => sort(head));
  });

  const enter = (group) => {
    const stops = all("tr, [data-tip]", group);
    const first = stops.find((one) => !one.hasAttribute("data-away"));
    stops.forEach((one) => { one.tabIndex = one === first ? 0 : -1; });
  };
  all("tbody, .plot").forEach(enter);

  const find = document.getElementById("find");
  find.addEventListener("input", () => {
    const wanted = find.value.trim().toLowerCase();
    all("[data-find]").forEach((one) => { one.toggleAttribute("data-away", !one.dataset.find.toLowerCase().includes(wanted)); });
    all("tbody, .plot").forEach(enter);
  });

  const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };
  const walk = (event) => {
    const one = event.target;
    const group = step[event.key] && one.matches("tbody tr, .plot [data-tip]") && one.closest("tbody, .plot");
    if (!group) return;
    const stops = all("tr, [data-tip]", group).filter((other) => !other.hasAttribute("data-away"));
    const next = stops[stops.indexOf(one) + step[event.key]];
    if (!next) return;
    event.preventDefault();
    one.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  };
  document.addEventListener("keydown", walk);

  const tip = document.getElementById("tip");
  let mark = null;
  const place = () => {
    tip.hidden = !mark;
    if (!mark) return;
    tip.textContent = mark.dataset.tip;
    const at = mark.getBoundingClientRect();
    const size = tip.getBoundingClientRect();
    tip.style.left = `${Math.max(4, Math.min(at.left, innerWidth - size.width - 4))}px`;
    tip.style.top = `${at.top > size.height + 8 ? at.top - size.height - 6 : at.bottom + 6}px`;
  };
  const show = (event) => {
    mark = event.target.closest("[data-tip]");
    place();
  };
  document.addEventListener("pointerover", show);
  document.addEventListener("focusin", show);
  document.addEventListener("scroll", place, { passive: true });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    mark = null;
    place();
  });
})();
