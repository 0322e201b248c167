/// <reference lib="dom" />

/** The element of the page with an id. */
export function element<Type extends HTMLElement>(id: string): Type {
  return document.getElementById(id) as Type;
}

/** Puts a text into the element with an id. */
export function say(id: string, text: string): void {
  element(id).textContent = text;
}

/** A new element with a text. */
export function made<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  text = "",
): HTMLElementTagNameMap[Name] {
  const node = document.createElement(name);
  node.textContent = text;
  return node;
}
