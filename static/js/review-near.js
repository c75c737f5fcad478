// Which names are near to what is typed: the same letters, the same words, or words that are nearly the same.

const NEAR = 0.55;

export function folded(text) {
  return text.trim().replace(/\s+/g, " ").toLowerCase();
}

/** The names near to `typed`, the nearest first and else in their own order; all of them where nothing is typed. */
export function nearest(typed, names) {
  const wanted = folded(typed);
  const rated = names.map((name) => ({ name, how: wanted ? nearness(wanted, folded(name)) : 1 }));
  return rated.filter(({ how }) => how >= NEAR).sort((one, other) => other.how - one.how).map(({ name }) => name);
}

function nearness(wanted, name) {
  if (name === wanted) return 4;
  if (name.startsWith(wanted)) return 3;
  if (name.includes(wanted)) return 2;
  const words = name.split(" ");
  const best = wanted.split(" ").map((word) => Math.max(...words.map((other) => alike(word, other))));
  return best.reduce((sum, each) => sum + each, 0) / best.length;
}

// 1 where one word begins the other, else the share of letter pairs that both have.
function alike(one, other) {
  if (other.startsWith(one)) return 1;
  const rest = pairs(other);
  const all = pairs(one).length + rest.length;
  const shared = pairs(one).filter((pair) => {
    const found = rest.indexOf(pair);
    if (found >= 0) rest.splice(found, 1);
    return found >= 0;
  });
  return all ? (2 * shared.length) / all : 0;
}

function pairs(word) {
  return [...word].slice(1).map((letter, index) => word[index] + letter);
}
