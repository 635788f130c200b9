// Shows the API's document. Nothing is sent anywhere but to this very server; tokens are forgotten with the page.
(() => {
  'use strict';
  const place = document.getElementById('api');
  if (!place || !window.SwaggerUIBundle) return;
  window.SwaggerUIBundle({
    url: place.dataset.document,
    domNode: place,
    deepLinking: true,
    docExpansion: 'list',
    defaultModelsExpandDepth: 0,
    persistAuthorization: false,
    validatorUrl: null,
    presets: [window.SwaggerUIBundle.presets.apis],
  });
})();
