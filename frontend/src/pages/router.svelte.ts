/** Which page the address names. Paths are relative to the document's base, so any prefix works. */

export type Route =
  | { page: "gallery" }
  | { page: "new" }
  | { page: "bridge" }
  | { page: "fit"; recording: string | null }
  | { page: "long"; id: string | null; recording: string | null }
  | { page: "stage"; id: string }
  | { page: "embed"; id: string }
  | { page: "unknown"; path: string };

/** `path` without the base's prefix: "", "new", "bridge", "fit", "long", "long/{id}", "s/{id}", "s/{id}/long", "s/{id}/fit", "embed/{id}". */
export function routeOf(path: string): Route {
  const parts = path.replace(/^\/+|\/+$/g, "").split("/");
  if (parts.length === 1 && parts[0] === "") return { page: "gallery" };
  if (parts.length === 1 && parts[0] === "new") return { page: "new" };
  if (parts.length === 1 && parts[0] === "bridge") return { page: "bridge" };
  if (parts.length === 1 && parts[0] === "fit") return { page: "fit", recording: null };
  if (parts.length === 1 && parts[0] === "long") return { page: "long", id: null, recording: null };
  if (parts.length === 3 && parts[0] === "s" && parts[1] && parts[2] === "long")
    return { page: "long", id: null, recording: decodeURIComponent(parts[1]) };
  if (parts.length === 3 && parts[0] === "s" && parts[1] && parts[2] === "fit")
    return { page: "fit", recording: decodeURIComponent(parts[1]) };
  if (parts.length === 2 && parts[1]) {
    if (parts[0] === "long") return { page: "long", id: decodeURIComponent(parts[1]), recording: null };
    if (parts[0] === "s") return { page: "stage", id: decodeURIComponent(parts[1]) };
    if (parts[0] === "embed") return { page: "embed", id: decodeURIComponent(parts[1]) };
  }
  return { page: "unknown", path };
}

const PAGES = [
  ["gallery", "", "Home"],
  ["long", "long", "How long?"],
  ["new", "new", "New run"],
  ["fit", "fit", "Fit"],
  ["bridge", "bridge", "Bridge"],
] as const;

class Router {
  /** Changes with every navigation, also to the same page. */
  route = $state.raw<Route>({ page: "gallery" });
  /**
   * What stood behind the `#` of the last address that was gone to or typed; a new object each time. A page that writes its
   * own address does not change it, and a link that was written over before the browser reported it still counts.
   */
  link = $state.raw<{ readonly hash: string }>({ hash: "" });
  private base = "/";

  start(): () => void {
    this.base = new URL(document.baseURI).pathname.replace(/[^/]*$/, "");
    this.link = { hash: location.hash };
    this.read();
    // The browser reports a change twice: at once, and later by a hashchange, which it leaves out where the page has written the
    // same address there before.
    let popped: string | null = null;
    const pop = (): void => {
      popped = location.hash;
      this.link = { hash: popped };
      this.read();
    };
    const typed = ({ newURL }: HashChangeEvent): void => {
      const { hash } = new URL(newURL);
      if (hash !== popped) this.link = { hash };
      popped = null;
    };
    const click = (event: MouseEvent): void => {
      const link = event.target instanceof Element ? event.target.closest("a") : null;
      if (!link || event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey)
        return;
      if (link.hasAttribute("download") || link.target || link.origin !== location.origin) return;
      const path = this.relative(link.pathname);
      if (path === null || path.startsWith("api")) return; // the server's own pages
      event.preventDefault();
      this.go(path + link.hash);
    };
    addEventListener("popstate", pop);
    addEventListener("hashchange", typed);
    document.addEventListener("click", click);
    return () => {
      removeEventListener("popstate", pop);
      removeEventListener("hashchange", typed);
      document.removeEventListener("click", click);
    };
  }

  /** Go to a path relative to the base, as a new entry of the history. `play`: the recording starts to play by itself. */
  go(path: string, state: { play?: boolean } | null = null): void {
    history.pushState(state, "", this.href(path));
    this.link = { hash: location.hash };
    this.read();
    scrollTo(0, 0);
  }

  href(path: string): string {
    return this.base + path;
  }

  /** The pages of the bar, for AppBar; `current`: the one that is open. `recording`: what is open, whose own pages are led to. */
  links(
    current: Route["page"] | null = null,
    recording: string | null = null,
  ): { href: string; label: string; current: boolean }[] {
    const own = (path: string): boolean => recording !== null && (path === "long" || path === "fit");
    return PAGES.map(([page, path, label]) => ({
      href: this.href(own(path) ? `s/${encodeURIComponent(recording!)}/${path}` : path),
      label,
      current: page === current,
    }));
  }

  private relative(pathname: string): string | null {
    return pathname.startsWith(this.base) ? pathname.slice(this.base.length) : null;
  }

  private read(): void {
    this.route = routeOf(this.relative(location.pathname) ?? location.pathname);
  }
}

export const router = new Router();
