// Every text of the page whose contrast with what it stands on is below WCAG 2.1 AA (1.4.3).
(() => {
  const parse = (text) => (text.match(/[\d.]+/g) || []).map(Number);
  const over = (top, below) => {
    const alpha = top.length > 3 ? top[3] : 1;
    return [0, 1, 2].map((at) => top[at] * alpha + below[at] * (1 - alpha));
  };
  const luminance = (colour) => {
    const [r, g, b] = colour.map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (a, b) => {
    const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
    return (light + 0.05) / (dark + 0.05);
  };
  const background = (element) => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) {
      const rect = at.tagName === "g" ? at.querySelector("rect") : null;
      layers.push(parse(rect ? getComputedStyle(rect).fill : getComputedStyle(at).backgroundColor));
    }
    return layers.reverse().reduce((below, top) => (top.length ? over(top, below) : below), [255, 255, 255]);
  };
  const wrong = [];
  const check = (element, style, text, inside) => {
    const below = background(element);
    const colour = over(parse(inside ? style.fill : style.color), below);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const found = ratio(colour, below);
    if (found < (large ? 3 : 4.5)) wrong.push(`${found.toFixed(2)}: ${text.trim().slice(0, 60)}`);
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let count = 0;
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const hidden = ["SCRIPT", "STYLE", "title"].includes(element.tagName) || !element.getClientRects().length;
    if (hidden || !walker.currentNode.data.trim()) continue;
    count += 1;
    check(element, getComputedStyle(element), walker.currentNode.data, Boolean(element.closest("svg")));
  }
  document.querySelectorAll("input").forEach((input) => {
    check(input, getComputedStyle(input, "::placeholder"), input.placeholder, false);
  });
  return { count, wrong };
})()
