/** Of the DOM what is needed here; the standard types of it are for browsers. */
export type DomNode = {
  nodeName: string
  nodeType: number
  parentNode: DomNode | null
  firstChild: DomNode | null
  firstElementChild: DomNode | null
  nextSibling: DomNode | null
  textContent: string | null
  getAttribute: (name: string) => string | null
  querySelector: (selector: string) => DomNode | null
  querySelectorAll: (selector: string) => ArrayLike<DomNode>
}
