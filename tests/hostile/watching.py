"""What a browser tells of a page full of hostile words: what ran, reached out, broke out, leaked or was pushed away."""

from playwright.sync_api import ConsoleMessage, Dialog, Page, Request

from tests.annotate.browser.screen import expect_quiet, watch_requests
from tests.hostile.corpus import CORPUS, DIRECTIONS, storable

# Before anything of the page: what the content policy stops is told, and what it does not.
LISTEN = """
window.__refused = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.__refused.push(`${event.effectiveDirective}: ${event.blockedURI} ${event.sample}`);
});
"""
# What no word of a session or a person may become. Our own scripts are files and data, our own forms go to ourselves.
BROKEN_OUT = """
(root) => {
  const found = [];
  const tell = (element, why) => found.push(`${why}: ${element.outerHTML.slice(0, 160)}`);
  const inside = (address) => { try { return new URL(address, location.href).origin === location.origin; }
    catch { return true; } };
  for (const element of root.querySelectorAll("*")) {
    const name = element.localName;
    if (["iframe", "object", "embed", "base", "frame", "portal", "applet", "plaintext", "xmp", "style", "marquee",
      "audio", "video", "foreignObject", "annotation-xml"].includes(name)) tell(element, "an element of theirs");
    const ours = element.src ? inside(element.src) : element.type === "application/json";
    if (name === "script" && !ours) tell(element, "a script of theirs");
    if (name === "meta" && element.httpEquiv) tell(element, "a header of theirs");
    if (element.classList.contains("pwned") || element.id === "pwned") tell(element, "a name of theirs");
    for (const {name: key, value} of element.attributes) {
      const plain = key.replace(/^data-/, "");
      if (/^on/.test(key) || /^hx-on/.test(plain) || /^x-/.test(key)) tell(element, `a handler of theirs (${key})`);
      if (/^hx-(get|post|put|patch|delete)$/.test(plain) && !inside(value)) tell(element, "asks elsewhere");
      if (/^hx-(vals|headers|vars|trigger)$/.test(plain) && /pwned/.test(value)) tell(element, "code of theirs");
      if (["src", "action", "formaction", "data", "poster", "background", "srcset"].includes(key) && !inside(value))
        tell(element, `an address of theirs (${key})`);
      if (["href", "xlink:href", "src", "action", "formaction"].includes(key)
        && /^[\\u0000-\\u0020]*(javascript|vbscript|data|blob|file|view-source)[\\s\\u0000-\\u001f]*:/i.test(value))
        tell(element, `an address that runs (${key})`);
    }
    const opens = name === "a" && element.href && element.target && !inside(element.href);
    if (opens && !/noopener|noreferrer/.test(element.rel)) tell(element, "a link that keeps its opener");
  }
  return found;
}
"""
# Words that turn the direction of writing around stay among themselves: in a block, or in what is isolated. They turn
# the rest of their own text, where it is ours, and what stands beside it, up to what holds them together. `theirs` are
# words that turn; `known` is how any of theirs begin.
LEAKING = """
([theirs, known]) => {
  const found = [], turning = /[\\u202a-\\u202e\\u2066-\\u2069]/;
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text = words.nextNode(); text; text = words.nextNode()) {
    const within = text.parentElement.tagName;
    if (!turning.test(text.data) || ["SCRIPT", "TITLE", "OPTION", "TEXTAREA"].includes(within)) continue;
    if (!text.parentElement.checkVisibility()) continue;
    let after = text.nextSibling, at = text.parentElement, follows = rest(text);
    for (;;) {
      for (; after; after = after.nextSibling) follows += apart(after) ? "" : after.textContent;
      const style = getComputedStyle(at);
      if (/isolate|plaintext/.test(style.unicodeBidi) || !/^(inline|contents)$/.test(style.display)) break;
      after = at.nextSibling; at = at.parentElement;
    }
    if (follows.trim()) found.push(`${at.outerHTML.slice(0, 70)} … then “${follows.trim().slice(0, 40)}”`);
  }
  return found;
  function apart(node) {
    return node.nodeType === Node.ELEMENT_NODE && !/^(inline|contents)$/.test(getComputedStyle(node).display);
  }
  function rest(text) {
    const keepsLines = /^(pre|break)/.test(getComputedStyle(text.parentElement).whiteSpace);
    for (const line of keepsLines ? text.data.split("\\n") : [text.data]) {
      for (const each of theirs.filter((one) => line.includes(one))) {
        const end = line.indexOf(each) + each.length, ours = line.slice(end).search(/[\\p{L}\\p{N}]/u);
        const behind = line.slice(end).replace(/^[\\s\\p{P}=]+/u, "");
        const isOurs = ours >= 0 && !known.some((one) => behind.startsWith(one));
        if (isOurs && isOpen(line.slice(0, end + ours))) return line.slice(end);
      }
    }
    return "";
  }
  function isOpen(text) {
    const open = [];
    for (const sign of text) {
      if (/[\\u202a\\u202b\\u202d\\u202e]/.test(sign)) open.push("\\u202c");
      if (/[\\u2066-\\u2068]/.test(sign)) open.push("\\u2069");
      if (sign === "\\u202c" && open.at(-1) === sign) open.pop();
      if (sign === "\\u2069" && open.includes(sign)) while (open.pop() !== sign);
    }
    return open.length > 0;
  }
}
"""
# Wider than the window: the page itself, or something to act on that nobody can scroll to.
PUSHED_AWAY = """
() => {
  const found = [], wide = document.documentElement.clientWidth, page = document.documentElement.scrollWidth;
  const scrolls = (element) => /auto|scroll|hidden|clip/.test(getComputedStyle(element).overflowX);
  const within = (element) => { for (let at = element.parentElement; at && at !== document.body; at = at.parentElement)
    if (scrolls(at)) return true; return false; };
  if (page > wide) {
    const out = (each) => each.getBoundingClientRect().right > wide + 1 && !within(each);
    const widest = [...document.body.querySelectorAll("*")].filter(out).slice(0, 4)
      .map((each) => each.outerHTML.slice(0, 110));
    found.push(`the page is ${page} wide in ${wide}: ${widest.join(" | ")}`);
  }
  for (const each of document.querySelectorAll("main :is(button, input, select, textarea, summary)")) {
    const box = each.getBoundingClientRect();
    if (!box.width || (box.left >= -1 && box.right <= wide + 1)) continue;
    if (each.checkVisibility() && !within(each)) found.push(`out of reach: ${each.outerHTML.slice(0, 110)}`);
  }
  return found;
}
"""
# Once what came has been put into the page. One that asks for hundreds of parts is looked at as far as it has come.
PUT_IN = """
() => new Promise((done) => {
  const look = (times) => {
    const comes = document.querySelector(".htmx-request, .htmx-swapping, .htmx-settling");
    if (times && comes) setTimeout(look, 10, times - 1);
    else done();
  };
  look(100);
})
"""


SAID = "the console: "
THEIRS = [storable(string) for string in DIRECTIONS]
# As much of each string as tells it from words of ours.
KNOWN = [words[:6] for string in (*CORPUS, "<img src=x") if len(words := storable(string).strip()) >= 6]


class Watched:
    """A page, and what was seen while it was used: `seen()` is asked once for each page that was opened."""

    def __init__(self, page: Page, home: str) -> None:
        self.page, self._home, self._heard = page, home, list[str]()
        page.add_init_script(LISTEN)
        watch_requests(page)
        page.on("dialog", self._dialog)
        page.on("pageerror", lambda error: self._heard.append(f"an error of the page: {error}"))
        page.on("console", self._console)
        page.on("request", self._request)
        page.on("popup", lambda _: self._heard.append("a window opened"))

    def _dialog(self, dialog: Dialog) -> None:
        self._heard.append(f"a dialog: {dialog.message}")
        dialog.dismiss()

    def _console(self, said: ConsoleMessage) -> None:
        # Of an answer that was no page, such as to a GET of what is only posted, the console hears late.
        if said.type == "error" and not said.location["url"].endswith("/favicon.ico") and " 405 " not in said.text:
            self._heard.append(f"{SAID}{said.text}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self._home, "data:", "about:")):
            self._heard.append(f"a request to {request.url}")

    def settle(self) -> None:
        """Waits until what the page asked for by itself has come, and stands there."""
        expect_quiet(self.page)
        self.page.evaluate(PUT_IN)

    def forget(self) -> None:
        """What was heard until now belongs to no page."""
        self._heard.clear()

    def ran(self) -> list[str]:
        """What ran, reached out or broke out since this was last asked."""
        page = self.page
        heard, self._heard = self._heard, []
        heard += [f"refused by the content policy: {each}" for each in page.evaluate("window.__refused ?? []")]
        if page.evaluate("'__pwned' in window || Object.prototype.hasOwnProperty('pwned')"):
            heard.append("it ran")
        heard += page.evaluate(f"({BROKEN_OUT})(document)")
        return heard

    def looks(self) -> list[str]:
        """What leaked or was pushed away, in the window as it is."""
        found = [f"turns what follows: {each}" for each in self.page.evaluate(LEAKING, [THEIRS, KNOWN])]
        found += self.page.evaluate(PUSHED_AWAY)
        return found
