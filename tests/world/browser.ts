const redirectsMax = 20;

/** A browser without scripts: it keeps cookies, follows redirects and sends forms. */
export class Browser {
  readonly #cookies = new Map<string, string>();

  /** Returns the last page, and its address with the fragment. */
  async open(address: string, form?: Readonly<Record<string, string>>): Promise<{ url: URL; html: string }> {
    let url = new URL(address);
    let body = form;
    for (let redirects = 0; redirects < redirectsMax; redirects += 1) {
      const response = await this.#send(url, body);
      const location = response.headers.get('location');
      if (location === null) return { url, html: await response.text() };
      await response.body?.cancel();
      url = new URL(location, url);
      body = undefined;
    }
    throw new Error(`more than ${redirectsMax} redirects`);
  }

  /** As a script of a page at the address would. */
  async post(address: string, body: object): Promise<{ status: number; json: unknown }> {
    const url = new URL(address);
    const headers = { 'content-type': 'application/json', cookie: this.#cookiesOf(url) };
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
    this.#keep(url, response);
    return { status: response.status, json: await response.json() };
  }

  async #send(url: URL, form: Readonly<Record<string, string>> | undefined): Promise<Response> {
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: this.#cookiesOf(url) },
      ...(form !== undefined && { method: 'POST', body: new URLSearchParams(form) }),
    });
    this.#keep(url, response);
    return response;
  }

  #keep(url: URL, { headers }: Response): void {
    for (const cookie of headers.getSetCookie()) {
      const [pair = '', ...attributes] = cookie.split(';').map((part) => part.trim());
      const path = attributes.find((part) => /^path=/i.test(part))?.slice(5) ?? '/';
      const name = pair.slice(0, pair.indexOf('='));
      this.#cookies.set(`${url.host} ${path} ${name}`, pair);
    }
  }

  #cookiesOf(url: URL): string {
    const fitting = [...this.#cookies].filter(([key]) => {
      const [host, path = '/'] = key.split(' ');
      return host === url.host && url.pathname.startsWith(path);
    });
    return fitting.map(([, pair]) => pair).join('; ');
  }
}
