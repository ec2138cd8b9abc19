// Words that leave their box, and boxes that cover each other.
(() => {
  const wrong = [];
  let boxes = 0;
  document.querySelectorAll("svg").forEach((picture) => {
    const parts = [...picture.querySelectorAll("g")].map((part) => ({
      box: part.querySelector("rect").getBoundingClientRect(),
      words: [...part.querySelectorAll("text")],
    }));
    boxes += parts.length;
    parts.forEach(({ box, words }, at) => {
      words.forEach((word) => {
        const inside = word.getBoundingClientRect();
        if (inside.left < box.left || inside.right > box.right) wrong.push(`leaves its box: ${word.textContent}`);
        words.forEach((other) => {
          const beside = other.getBoundingClientRect();
          const meets = beside.left < inside.right && inside.left < beside.right
            && beside.top < inside.bottom - 4 && inside.top < beside.bottom - 4;
          if (other !== word && meets) wrong.push(`covers another: ${word.textContent}`);
        });
      });
      parts.slice(at + 1).forEach(({ box: other }) => {
        const meets = other.left < box.right && box.left < other.right && other.top < box.bottom && box.top < other.bottom;
        if (meets) wrong.push(`two boxes at ${box.left}, ${box.top}`);
      });
    });
  });
  return { boxes, wrong };
})()
