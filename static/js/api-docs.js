// Draws the API's description. The bundle is served from here: the page needs no network.

const place = document.getElementById("swagger-ui");

SwaggerUIBundle({
  url: `${place.dataset.schema}?format=json`,
  domNode: place,
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
  presets: [SwaggerUIBundle.presets.apis],
});
