// Closes a window that another page has opened, once a person had the time to see how it went; where a browser forbids it, the page says so.

setTimeout(() => window.close(), 1500);
