// What the editor says, in the page's language: the words stand in the page itself (<template id="words">).
const words = document.getElementById("words");

/** A word, with what stands in braces filled in. */
export function word(key, facts = {}) {
  const text = words.content.querySelector(`[data-word="${key}"]`)?.textContent ?? key;
  return text.replace(/\{(\w+)\}/g, (all, name) => facts[name] ?? all);
}
