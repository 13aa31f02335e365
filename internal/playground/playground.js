// Starts GraphiQL over the API of the server that sent this page. The page's
// data-settings say where the API is, relative to the page, and what the tabs hold.
"use strict";

(() => {
  const container = document.getElementById("playground");
  const settings = JSON.parse(container.dataset.settings);

  async function fetcher(request, { headers } = {}) {
    const response = await fetch(settings.endpoint, {
      method: "POST",
      headers: {
        ...headers,
        "Accept": "application/graphql-response+json, application/json;q=0.9",
        "Content-Type": "application/json",
      },
      body: JSON.stringify(request),
    });
    return response.json();
  }

  // GraphiQL keeps tabs and history in the browser. Headers hold credentials,
  // so they are removed from everything that it stores. GraphiQL's own switch
  // (shouldPersistHeaders) does not cover the history.
  const key = (name) => `paymentlinks:${name}`;
  const withoutHeaders = (text) => {
    let value;
    try {
      value = JSON.parse(text);
    } catch {
      return text; // a query, a width, a theme
    }
    const cut = JSON.stringify(value, (name, inner) => (name === "headers" ? null : inner));
    // A text without headers is stored unchanged: GraphiQL compares it with its tabs.
    return cut === JSON.stringify(value) ? text : cut;
  };
  const storage = {
    get length() { return localStorage.length; },
    getItem: (name) => localStorage.getItem(key(name)),
    setItem: (name, value) => {
      if (!/(^|:)headers$/.test(name)) localStorage.setItem(key(name), withoutHeaders(value));
    },
    removeItem: (name) => localStorage.removeItem(key(name)),
    clear: () => localStorage.clear(),
  };

  ReactDOM.createRoot(container).render(React.createElement(GraphiQL, {
    fetcher,
    storage,
    defaultTabs: settings.tabs,
    defaultHeaders: settings.headers,
    defaultEditorToolsVisibility: true,
    shouldPersistHeaders: false,
    showPersistHeadersSettings: false,
  }));
})();
