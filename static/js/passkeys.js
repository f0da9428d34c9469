// Joins the page's button and hidden field to django-allauth's passkey code, which asks the browser for the key.
document.addEventListener("DOMContentLoaded", () => {
  for (const place of document.querySelectorAll("[data-passkey]")) {
    window.allauth.webauthn.forms[place.dataset.passkey]({ ids: JSON.parse(place.dataset.passkeyIds) });
  }
});
