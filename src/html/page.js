"use strict";
(() => {
  const field = document.getElementById("search");
  if (!field) return;
  const items = [...document.querySelectorAll("[data-item]")];
  const texts = items.map((item) => item.textContent.toLowerCase());
  const found = document.getElementById("found");
  const narrow = () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    items.forEach((item, at) => {
      item.hidden = !words.every((word) => texts[at].includes(word));
      if (!item.hidden) shown += 1;
    });
    found.textContent = words.length ? `${shown} of ${items.length}` : "";
  };
  const fold = (open) => items.forEach((item) => {
    item.querySelectorAll("details").forEach((part) => { part.open = open; });
    if (item.tagName === "DETAILS") item.open = open;
  });
  field.addEventListener("input", narrow);
  field.form.addEventListener("submit", (event) => event.preventDefault());
  document.getElementById("unfold").addEventListener("click", () => fold(true));
  document.getElementById("fold").addEventListener("click", () => fold(false));
  narrow();
})();
