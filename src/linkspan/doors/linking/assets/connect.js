
// The global that the older published hook loads and calls.
window.Connect = {
  start({ sessionToken, apiUrl, styles, onSuccess, onCancel, onClose }) {
    const id = styles?.inline?.containerId;
    const container = id ? document.getElementById(id) : null;
    Linkspan.link({ token: sessionToken, baseUrl: apiUrl, container, onSuccess, onCancel, onClose, onError: () => onCancel?.() });
  },
};
