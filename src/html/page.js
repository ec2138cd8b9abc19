"use strict";
(() => {
  const field = document.getElementById("search");
  if (!field) return;
  const items = [...document.querySelectorAll("[data-item]")];
  const texts = items.map((item) => item.textContent.toLowerCase());
  const found = document.getElementById("found");

  // What the words of the language mean: ports, or addresses.
  const meanings = new Map([...document.querySelectorAll("#meanings dt")].map((word) =>
    [word.textContent, word.nextElementSibling.textContent.split(", ")]));

  // The terms of an entry: its code words, and the members of the sets that it links to.
  const terms = items.map((item) => {
    const linked = [...item.querySelectorAll('a[href^="#set-"]')]
      .map((link) => document.getElementById(link.hash.slice(1))?.nextElementSibling).filter(Boolean);
    const words = [item, ...linked].flatMap((part) => [...part.querySelectorAll("code")].map((code) => code.textContent));
    const single = words.flatMap((word) => word.split(/,\s*|\s+/)).map((word) => word.toLowerCase());
    return [...new Set(single.flatMap((word) => meanings.get(word) ?? [word]))];
  });

  // The terms among which a port is sought: the services of an entry, where it names them.
  const services = items.map((item, at) => item.dataset.services === undefined ? terms[at] :
    item.dataset.services.split(", ").flatMap((word) => meanings.get(word) ?? [word]));

  const address = (text) => {
    const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number);
    return parts && parts.every((part) => part < 256) ? parts.reduce((all, part) => all * 256 + part) : null;
  };
  // The first and the last of the addresses of an address, a prefix or a range.
  const span = (text) => {
    const [start, length, more] = text.split("/");
    if (more !== undefined) return null;
    if (length !== undefined) {
      const base = address(start);
      if (base === null || !/^\d{1,2}$/.test(length) || Number(length) > 32) return null;
      const size = 2 ** (32 - Number(length));
      const first = base - (base % size);
      return [first, first + size - 1];
    }
    const [first, last] = text.split("-").map(address);
    if (first === null || last === null) return null;
    return [first, last ?? first];
  };
  const OVER_TCP = ["http", "https", "mssql"];
  // The protocol, where one is named, and the first and the last port.
  const ports = (text) => {
    const parts = /^(?:([a-z]+)\/)?(\d{1,5})(?:-(\d{1,5}))?$/.exec(text);
    if (!parts) return null;
    const [, protocol, first, last] = parts;
    return [OVER_TCP.includes(protocol) ? "tcp" : protocol, Number(first), Number(last ?? first)];
  };

  const holdsAddress = (wanted, term) => {
    const held = term === "any" ? [0, 2 ** 32 - 1] : span(term);
    return held !== null && held[0] <= wanted[0] && held[1] >= wanted[1];
  };
  const meetsPorts = (wanted, term) => {
    const held = term === "any" ? ["any", 1, 65535] : ports(term);
    return held !== null && held[0] !== undefined && (wanted[0] === undefined || [wanted[0], "any"].includes(held[0])) &&
      held[1] <= wanted[2] && held[2] >= wanted[1];
  };
  const matchesHost = (wanted, term) => term.startsWith("*") && term.length > 1 && wanted.endsWith(term.slice(1));

  // Whether an entry has a word in its text, or what the word means: an address in a prefix, a port, a host of a wildcard.
  const has = (word, at) => {
    const isNumber = /^\d+$/.test(word);
    if (!isNumber && texts[at].includes(word)) return true;
    const wanted = span(word);
    if (wanted) return terms[at].some((term) => holdsAddress(wanted, term));
    const numbers = (meanings.get(word) ?? [word]).map(ports).filter(Boolean);
    if (numbers.length) return numbers.some((one) => services[at].some((term) => meetsPorts(one, term)));
    return word.includes(".") && terms[at].some((term) => matchesHost(word, term));
  };

  const choices = [
    ["kinds", (item) => item.querySelector("summary > .badge")?.textContent],
    ["levels", (item) => item.dataset.level],
  ].map(([id, of]) => {
    const select = document.getElementById(id);
    const known = [...new Set(items.map(of).filter(Boolean))].sort();
    known.forEach((value) => select.add(new Option(value, value)));
    select.hidden = known.length < 2;
    select.addEventListener("change", () => narrow());
    return [select, of];
  });

  const narrow = () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    const chosen = choices.filter(([select]) => select.value);
    let shown = 0;
    items.forEach((item, at) => {
      const fits = chosen.every(([select, of]) => of(item) === select.value);
      item.hidden = !fits || !words.every((word) => has(word, at));
      if (!item.hidden) shown += 1;
    });
    found.textContent = words.length || chosen.length ? `${shown} of ${items.length}` : "";
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
// On paper everything is unfolded.
(() => {
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details:not([open])")];
    closed.forEach((part) => { part.open = true; });
  });
  addEventListener("afterprint", () => closed.forEach((part) => { part.open = false; }));
})();
