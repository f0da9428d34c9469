"""What a browser still holds of a site: every store that a page can write to, as one text."""

from __future__ import annotations

from playwright.sync_api import Page

DUMP = """async () => {
  const found = { local: { ...localStorage }, session: { ...sessionStorage }, databases: [], caches: [] };
  for (const { name } of await indexedDB.databases()) {
    const database = await new Promise((done, fail) => {
      const asked = indexedDB.open(name);
      asked.onsuccess = () => done(asked.result);
      asked.onerror = () => fail(asked.error);
    });
    for (const store of database.objectStoreNames) {
      const rows = await new Promise((done) => {
        const asked = database.transaction(store).objectStore(store).getAll();
        asked.onsuccess = () => done(asked.result);
      });
      found.databases.push([name, store, rows]);
    }
    database.close();
  }
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      found.caches.push([name, request.url, await (await cache.match(request)).text()]);
    }
  }
  return JSON.stringify(found);
}"""


WRITE = """async (canary) => {
  localStorage.setItem("a", canary);
  sessionStorage.setItem("b", canary);
  const cache = await caches.open("c");
  await cache.put("/c", new Response(canary));
  await new Promise((done) => {
    const asked = indexedDB.open("d");
    asked.onupgradeneeded = () => asked.result.createObjectStore("e", { autoIncrement: true });
    asked.onsuccess = () => {
      const writing = asked.result.transaction("e", "readwrite");
      writing.objectStore("e").add(canary);
      writing.oncomplete = () => { asked.result.close(); done(); };
    };
  });
}"""
"""Puts a canary into each of the four stores, so that a search which finds nothing is known to look."""


def stores(page: Page) -> str:
    """Return everything in localStorage, sessionStorage, IndexedDB and Cache of the page's site."""
    return page.evaluate(DUMP)


def canaries_in(text: str, canaries: list[str]) -> list[str]:
    """Return the canaries that stand in a text."""
    return [canary for canary in canaries if canary in text]
